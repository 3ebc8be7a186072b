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

/** What a batch costs: the drain of its jobs beside one of as many jobs of none, by the store alone. All of it only with {@code -Dmuster.full=true}. */
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
            double bare = drain(store);
            NewBatch batch = NewBatch.of("batch-" + round, QUEUE).opened();
            store.batches().create(batch, List.of());
            push(store, batch.id(), Optional.of(new BatchMembership(batch.id(), 1)));
            store.batches().seal(batch.id());
            double batched = drain(store);
            StoredBatch drained = store.batches().find(batch.id()).orElseThrow();
            assertThat(drained.succeeded()).isEqualTo(JOBS);
            assertThat(drained.finished()).isTrue();
            ratios.add(batched / bare);
            LOG.warn("Drain of {} jobs: {}/s without, {}/s in a batch", JOBS, Math.round(bare), Math.round(batched));
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

    /** Jobs per second. */
    private static double drain(RedisStore store) {
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
        return JOBS * 1e9 / (System.nanoTime() - begun);
    }
}
