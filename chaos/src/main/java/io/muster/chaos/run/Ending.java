package io.muster.chaos.run;

import io.muster.chaos.check.Work;
import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.queue.Queue;
import io.muster.queue.store.JobState;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a run: waits until nothing is left to do, and writes down how every job lies in the store. */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    private static final long LONGEST_NANOS = 120_000_000_000L;
    private static final long QUIET_NANOS = 4_000_000_000L;
    private static final long LOOK_MILLIS = 250;
    private static final int SHOWN = 10;

    private final Path folder;
    private final Queue queue;
    private final Scribe scribe;

    Ending(Path folder, Queue queue, Scribe scribe) {
        this.folder = folder;
        this.queue = queue;
        this.scribe = scribe;
    }

    /** Returns when nothing was left for some seconds, or that took too long. */
    void awaitSettled() throws InterruptedException {
        long end = System.nanoTime() + LONGEST_NANOS;
        long busy = System.nanoTime();
        while (System.nanoTime() < end && System.nanoTime() - busy < QUIET_NANOS) {
            if (ask(this::live) > 0) {
                busy = System.nanoTime();
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** How all jobs lie that a client wanted to push or a handler began. */
    void write() throws InterruptedException {
        History history = History.read(folder);
        Set<String> jobs = new LinkedHashSet<>();
        for (Event event : history.of(Kind.PUSHING)) {
            Work work = Work.valueOf(event.text("work"));
            if (work != Work.CHAIN && work != Work.BATCH) {
                jobs.add(event.text("plan"));
            }
        }
        history.of(Kind.BEGAN).forEach(event -> jobs.add(event.text("job")));
        for (String job : jobs) {
            Optional<StoredJob> found = ask(() -> queue.find(job));
            found.ifPresent(stored -> scribe.write(
                    Kind.FINAL,
                    Map.of(
                            "job", job,
                            "state", stored.state().name(),
                            "reason", stored.reason().orElse(""))));
        }
        long live = ask(this::live);
        scribe.write(
                Kind.LEFT,
                Map.of(
                        "live",
                        Long.toString(live),
                        "which",
                        live == 0 ? "" : ask(this::someLeft).toString()));
    }

    private long live() {
        return queue.store().intake().counts().stream()
                .mapToLong(QueueCounts::live)
                .sum();
    }

    private List<StoredJob> someLeft() {
        List<StoredJob> left = new ArrayList<>();
        for (QueueCounts counts : queue.store().intake().counts()) {
            for (JobState state : List.of(JobState.DELAYED, JobState.READY, JobState.ASSIGNED, JobState.RUNNING)) {
                left.addAll(queue.store()
                        .intake()
                        .list(counts.queue(), state, Optional.empty(), SHOWN)
                        .jobs());
            }
        }
        return left;
    }

    private static <T> T ask(Callable<T> question) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_NANOS;
        while (true) {
            try {
                return question.call();
            } catch (Exception e) {
                if (System.nanoTime() > end) {
                    throw new ChaosException("The store does not answer though all faults are over", e);
                }
                LOG.info("Asked again", e);
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }
}
