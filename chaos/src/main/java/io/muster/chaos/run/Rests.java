package io.muster.chaos.run;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.chaos.node.RestFigures;
import io.muster.chaos.soak.Rest;
import io.muster.queue.Queue;
import io.muster.queue.store.BatchAges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Stops the load, heals everything, waits until all jobs have ended, and lets every process and server be counted. One thread uses it. */
final class Rests {
    private static final Duration COUNTING = Duration.ofSeconds(40);
    /** An idle leader looks for what it may forget by itself this often, and a bit. */
    private static final Duration TENDING = Duration.ofSeconds(35);

    private final ChaosPlan plan;
    private final Cast cast;
    private final Queue queue;
    private final Scribe scribe;
    private final Consumer<String> progress;
    private int number;

    Rests(ChaosPlan plan, Cast cast, Queue queue, Scribe scribe, Consumer<String> progress) {
        this.plan = plan;
        this.cast = cast;
        this.queue = queue;
        this.scribe = scribe;
        this.progress = progress;
    }

    void take(Rest rest) throws InterruptedException {
        number++;
        progress.accept("rest " + number + ", " + rest);
        Path noLoad = plan.folder().resolve(RestFigures.NO_LOAD);
        write(noLoad);
        cast.recover();
        scribe.write(Kind.REST, Map.of("rest", Integer.toString(number), "which", rest.name()));
        new Ending(plan.folder(), queue, scribe).awaitSettled();
        cast.awaitReady();
        Duration retention = plan.regime().retention();
        if (rest != Rest.BETWEEN) {
            Thread.sleep(retention.plus(TENDING).toMillis());
        }
        // The leader keeps finished batches for a day.
        Optional<Duration> age = Optional.of(retention);
        queue.batches().prune(new BatchAges(age, age, age));
        count();
        delete(noLoad);
    }

    private void count() throws InterruptedException {
        write(plan.folder().resolve(RestFigures.COUNT));
        for (Member member : cast.all()) {
            if (!member.says(RestFigures.COUNTED + number, COUNTING)) {
                throw new ChaosException(member.name() + " does not count what it uses, though nothing disturbs it");
            }
        }
        for (Site site : cast.sites()) {
            Map<String, String> said = new LinkedHashMap<>();
            said.put("rest", Integer.toString(number));
            said.put("of", site.name());
            Census.of(site).forEach((name, count) -> said.put(name, Long.toString(count)));
            scribe.write(Kind.RESTED, said);
        }
    }

    /** Whole or not at all. */
    private void write(Path file) {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(whole, Integer.toString(number));
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tell processes to rest", e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tell clients to go on", e);
        }
    }
}
