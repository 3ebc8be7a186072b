package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.Retention;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long scripts hold the server up when batches are as large as they may be: the server's own count, without the way there. */
@Tag("Q2")
class RedisScriptTimeTest extends StoreOnServer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisScriptTimeTest.class);
    private static final int ROUNDS = 60;
    private static final int BATCH = 200;
    private static final int PAYLOAD = 100;
    /** What a node runs when it is lost: a pool of so many handlers. */
    private static final int HELD_AT_THE_END = 400;

    private static final double A_MILLISECOND = 1000;

    @Test
    void everyScriptOfAJobsLifeTakesLessThanAMillisecond() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        RedisStore store = open(at(server).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20)));
        admit(store, "n1");
        admit(store, "n2");
        assign(store, "n1", 1);
        List<List<NewJob>> batches = IntStream.range(0, ROUNDS)
                .mapToObj(round -> IntStream.range(0, BATCH)
                        .mapToObj(i -> NewJob.of("job-" + round + "-" + i, QUEUE, "send", new byte[PAYLOAD]))
                        .toList())
                .toList();
        TreeMap<String, Double> medians = new TreeMap<>();

        medians.put(
                "push",
                median(server, () -> batches.forEach(batch -> store.intake().push(batch))));
        medians.put("assign", median(server, () -> {
            for (int held = BATCH; held <= ROUNDS * BATCH; held += BATCH) {
                assign(store, "n1", held);
            }
        }));
        List<Attempt> running = new ArrayList<>();
        medians.put("take", median(server, () -> repeat(() -> running.addAll(take(store, "n1", BATCH)))));
        assertThat(running).hasSize(ROUNDS * BATCH);
        List<Attempt> most = running.subList(0, running.size() - HELD_AT_THE_END);
        medians.put("settle", median(server, () -> {
            for (int i = 0; i < most.size(); i += BATCH) {
                complete(store, most.subList(i, i + BATCH));
            }
        }));
        medians.put("bury", median(server, () -> {
            while (!store.leader().bury(FENCE, "n1", BATCH).done()) {
                // until nothing is left of it
            }
        }));
        medians.put("count", median(server, () -> repeat(() -> store.intake().counts())));
        Retention none = new Retention(Duration.ZERO, Duration.ZERO);
        medians.put("tend", median(server, () -> repeat(() -> store.leader().tend(FENCE, none, Instant.now(), BATCH))));

        LOG.warn("Redis scripts, microseconds at the server per script, median: {}", medians);
        assertThat(medians).allSatisfy((script, micros) -> assertThat(micros).isLessThan(A_MILLISECOND));
    }

    @Test
    @Tag("W2")
    @Tag("M3")
    void scriptsForMembersOfABatchAndJobsWithKeysTakeLessThanAMillisecond() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        RedisStore store = open(at(server).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20)));
        admit(store, "n1");
        TreeMap<String, Double> medians = new TreeMap<>();
        store.batches().create(NewBatch.of("member", QUEUE).opened(), List.of());
        for (String kind : List.of("bare", "member", "key")) {
            for (int round = 0; round < ROUNDS; round++) {
                store.intake()
                        .push(jobs(kind + "-" + round + "-", BATCH).stream()
                                .map(job -> job.withPayload(new byte[PAYLOAD]))
                                .map(job -> of(kind, job))
                                .toList());
            }
            medians.put(kind + " assign", median(server, () -> {
                for (int held = BATCH; held <= ROUNDS * BATCH; held += BATCH) {
                    assign(store, "n1", held);
                }
            }));
            List<Attempt> running = new ArrayList<>();
            medians.put(kind + " take", median(server, () -> repeat(() -> running.addAll(take(store, "n1", BATCH)))));
            assertThat(running).hasSize(ROUNDS * BATCH);
            if (kind.equals("key")) {
                Attempt last = running.get(running.size() - 1);
                store.intake().push(List.of(of(kind, job(last.token().jobId())).withId("waits")));
                medians.put("holder", median(server, () -> assertThat(
                                store.intake().obstacles("waits").overlap())
                        .isPresent()));
            }
            medians.put(kind + " settle", median(server, () -> {
                for (int i = 0; i < running.size(); i += BATCH) {
                    complete(store, running.subList(i, i + BATCH));
                }
            }));
        }

        LOG.warn("Redis scripts, microseconds at the server per script, median: {}", medians);
        assertThat(medians).allSatisfy((script, micros) -> assertThat(micros).isLessThan(A_MILLISECOND));
    }

    private static NewJob of(String kind, NewJob job) {
        return switch (kind) {
            case "member" -> job.withBatch(new BatchMembership(kind, 1));
            case "key" -> job.withOverlap(OverlapKey.of("key-of-" + job.id()));
            default -> job;
        };
    }

    private static void repeat(Runnable call) {
        for (int i = 0; i < ROUNDS; i++) {
            call.run();
        }
    }

    /** Redis counts per command since 7.0. */
    static double median(LocalServer server, Runnable calls) {
        ask(server, RedisCommands::configResetstat);
        calls.run();
        Optional<String> counted = ask(server, redis -> redis.info("latencystats"))
                .lines()
                .filter(line -> line.startsWith("latency_percentiles_usec_evalsha:"))
                .findFirst();
        assumeThat(counted).as("counted by the server").isPresent();
        return Double.parseDouble(counted.orElseThrow().replaceFirst(".*p50=([0-9.]+).*", "$1"));
    }
}
