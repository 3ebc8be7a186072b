package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Firing;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredSchedule;
import io.muster.servers.LocalServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As {@link RedisScriptTimeTest}, of scripts that are not part of each job's life. */
@Tag("Q2")
class RedisRareScriptTimeTest extends StoreOnServer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRareScriptTimeTest.class);
    private static final int ROUNDS = 20;
    private static final int BATCH = 200;
    private static final int PAYLOAD = 100;
    /** A leader fires no more ticks of a schedule at once. */
    private static final int MOST_TICKS = 20;

    /** A millisecond, where nothing else is asked of the machine. */
    private static final double MOST_MICROS = Boolean.getBoolean("muster.full") ? 1000 : 5000;

    private final TreeMap<String, Double> medians = new TreeMap<>();
    private LocalServer server;
    private RedisStore store;

    @BeforeEach
    void open() {
        server = quickServer();
        store = withNode(server);
    }

    @Test
    void everyOtherScriptTakesLessThanAMillisecond() {
        fire("one", 1);
        fire("many", MOST_TICKS);
        push("waiting", ROUNDS);
        measure("clear", () -> assertThat(emptied()).isPositive());
        reserve();
        failed();
        survive();

        LOG.warn("Redis scripts, microseconds at the server per script, median: {}", medians);
        assertThat(medians).hasSize(7).allSatisfy((script, micros) -> assertThat(micros)
                .isLessThan(MOST_MICROS));
    }

    private void fire(String schedule, int jobs) {
        assertThat(store.schedules().put(at(schedule, 0), Optional.empty())).isTrue();
        measure("fire " + jobs, () -> {
            for (int round = 0; round < ROUNDS; round++) {
                Firing firing =
                        new Firing("v" + round, at(schedule, round + 1), newJobs(schedule + "-" + round + "-", jobs));
                assertThat(store.schedules().fire(FENCE, List.of(firing))).hasSize(1);
            }
        });
    }

    private static StoredSchedule at(String schedule, int version) {
        return new StoredSchedule(schedule, "v" + version, new byte[PAYLOAD]);
    }

    private int emptied() {
        int all = 0;
        for (int cleared = BATCH; cleared > 0; all += cleared) {
            cleared = store.intake().clear(QUEUE, BATCH);
        }
        return all;
    }

    private void reserve() {
        push("reserved", ROUNDS);
        measure("reserve", () -> {
            for (int held = BATCH; held <= ROUNDS * BATCH; held += BATCH) {
                assertThat(store.nodes()
                                .reserve(grant("n1", held), Instant.now())
                                .total())
                        .isEqualTo(BATCH);
            }
        });
    }

    /** What was reserved fails, is retried, fails again and is forgotten. */
    private void failed() {
        List<String> ids = fail();
        List<List<String>> batches = Inspection.chunks(ids, BATCH);
        measure("retry", () -> batches.forEach(some -> store.intake().retry(some)));
        assertThat(assign(store, "n1", ids.size())).isEqualTo(ids.size());
        assertThat(fail()).hasSameSizeAs(ids);
        measure(
                "forget",
                () -> batches.forEach(
                        some -> assertThat(store.intake().forget(some)).hasSameSizeAs(some)));
    }

    private List<String> fail() {
        List<String> ids = new ArrayList<>();
        List<Attempt> taken = take(store, "n1", BATCH);
        while (!taken.isEmpty()) {
            List<Settlement> failures = taken.stream()
                    .map(attempt -> Settlement.of(
                            attempt.token(), new Settlement.Failed("failed", "detail", Settlement.Why.EXCEPTION)))
                    .toList();
            store.nodes().exchange(new Exchange("n1", POOL, failures, 0, Optional.empty()));
            taken.forEach(attempt -> ids.add(attempt.token().jobId()));
            taken = take(store, "n1", BATCH);
        }
        return ids;
    }

    /** Jobs that crashed with a node whose process lives on. */
    private void survive() {
        push("survived", ROUNDS);
        admit(store, "n2");
        assertThat(assign(store, "n2", ROUNDS * BATCH)).isEqualTo(ROUNDS * BATCH);
        for (int taken = 1; taken > 0; ) {
            taken = take(store, "n2", BATCH).size();
        }
        for (boolean done = false; !done; ) {
            done = store.leader().bury(FENCE, "n2", BATCH).done();
        }
        IncarnationRecord again = IncarnationRecord.admitted("n3", "node", Instant.now());
        measure("survive", () -> store.nodes().admit(again, Optional.of("n2")));
    }

    private void push(String prefix, int batches) {
        for (int i = 0; i < batches; i++) {
            store.intake().push(newJobs(prefix + "-" + i + "-", BATCH));
        }
    }

    private static List<NewJob> newJobs(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> NewJob.of(prefix + i, QUEUE, "send", new byte[PAYLOAD]))
                .toList();
    }

    private void measure(String script, Runnable calls) {
        medians.put(script, RedisScriptTimeTest.median(server, calls));
    }
}
