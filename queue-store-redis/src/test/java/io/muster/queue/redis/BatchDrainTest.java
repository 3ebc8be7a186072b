package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a batch costs: the drain of its jobs beside one of as many jobs of none, by the store alone. All of it only with {@code -Dmuster.full=true}.
 * Judged is the server's CPU time per job, which bounds the drain and which other processes of the machine change little; rates are logged.
 */
@Tag("W2")
class BatchDrainTest extends StoreOnServer {
    private static final Logger LOG = LoggerFactory.getLogger(BatchDrainTest.class);
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int JOBS = FULL ? 100_000 : 4_000;
    private static final int ROUNDS = FULL ? 5 : 1;
    private static final int PUSHED_AT_ONCE = 200;
    private static final int EXCHANGED_AT_ONCE = 128;
    private static final int ASSIGNED_AT_ONCE = 4 * EXCHANGED_AT_ONCE;
    private static final double PART_OF_A_BARE_DRAIN = 0.75;

    private static final byte[] PAYLOAD = new byte[100];

    @Test
    void aBatchIsDrainedNearlyAsFastAsJobsOfNone() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        RedisStore store = open(at(server).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20)));
        admit(store, "n1");
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            push(store, "bare-" + round, Optional.empty());
            Drained bare = drain(server, store);
            NewBatch batch = NewBatch.of("batch-" + round, QUEUE).opened();
            store.batches().create(batch, List.of());
            push(store, batch.id(), Optional.of(new BatchMembership(batch.id(), 1)));
            store.batches().seal(batch.id());
            Drained batched = drain(server, store);
            StoredBatch drained = store.batches().find(batch.id()).orElseThrow();
            assertThat(drained.succeeded()).isEqualTo(JOBS);
            assertThat(drained.finished()).isTrue();
            ratios.add(bare.serverMicros() / batched.serverMicros());
            LOG.warn("Drain of {} jobs without a batch: {}, in one: {}", JOBS, bare, batched);
        }
        if (FULL) {
            ratios.sort(null);
            assertThat(ratios.get(ROUNDS / 2)).isGreaterThan(PART_OF_A_BARE_DRAIN);
        }
    }

    private static void push(RedisStore store, String prefix, Optional<BatchMembership> membership) {
        for (int from = 0; from < JOBS; from += PUSHED_AT_ONCE) {
            store.intake()
                    .push(IntStream.range(from, from + PUSHED_AT_ONCE)
                            .mapToObj(i -> NewJob.of(prefix + "-" + i, QUEUE, "send", PAYLOAD))
                            .map(job -> membership.map(job::withBatch).orElse(job))
                            .toList());
        }
    }

    /** What a drain was like, per second and per job. */
    private record Drained(double perSecond, double serverMicros) {}

    private static Drained drain(LocalServer server, RedisStore store) {
        double cpuBefore = cpuMicros(server);
        long begun = System.nanoTime();
        List<Settlement> settlements = List.of();
        int settled = 0;
        while (settled < JOBS) {
            assign(store, "n1", ASSIGNED_AT_ONCE);
            for (int i = 0; i < ASSIGNED_AT_ONCE / EXCHANGED_AT_ONCE; i++) {
                ExchangeReply reply = store.nodes()
                        .exchange(new Exchange("n1", POOL, settlements, EXCHANGED_AT_ONCE, Optional.empty()));
                settled += reply.settled().size();
                settlements = reply.taken().stream()
                        .map(Attempt::token)
                        .map(token -> Settlement.of(token, new Settlement.Completed()))
                        .toList();
            }
        }
        double perSecond = JOBS * 1e9 / (System.nanoTime() - begun);
        return new Drained(perSecond, (cpuMicros(server) - cpuBefore) / JOBS);
    }

    private static double cpuMicros(LocalServer server) {
        return ask(server, redis -> redis.info("cpu"))
                .lines()
                .filter(line -> line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)) * 1e6)
                .sum();
    }
}
