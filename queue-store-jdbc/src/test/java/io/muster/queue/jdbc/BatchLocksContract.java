package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two batches whose jobs are pushed, settled, failed, retried and cleared by many at once. */
abstract class BatchLocksContract {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    private static final List<String> BATCHES = List.of("first", "second");
    private static final int WORKERS = 4;
    private static final int ROUNDS = 25;

    private JdbcEnvironment environment;
    private JdbcStore store;
    private ExecutorService threads;

    abstract JdbcEnvironment openEnvironment();

    /** How many deadlocks the database has found so far; empty if it does not say. */
    Optional<Long> deadlocks(JdbcStore in) {
        return Optional.empty();
    }

    @BeforeEach
    void open() {
        environment = openEnvironment();
        store = environment.openStore();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        environment.close();
    }

    @Test
    @Tag("W2")
    void whateverHappensAtOnceIsCountedAndNobodyWaitsForEachOther() throws Exception {
        Optional<Long> before = deadlocks(store);
        for (String id : BATCHES) {
            NewBatch batch = NewBatch.of(id, "mail")
                    .allowingFailures()
                    .opened()
                    .withCallbacks(Map.of(
                            BatchEvent.PROGRESS, OutboxEntry.here(told("template")),
                            BatchEvent.FINALLY, OutboxEntry.here(told("template"))));
            store.batches().create(batch, List.of());
        }
        AtomicBoolean pushed = new AtomicBoolean();
        List<Future<Boolean>> working = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            int worker = i;
            working.add(threads.submit(() -> work("n" + worker, pushed)));
        }
        List<Future<Boolean>> pushing = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int pusher = i;
            pushing.add(threads.submit(() -> push(pusher)));
        }
        working.add(threads.submit(disturb(pushed)));
        for (Future<Boolean> one : pushing) {
            assertThat(one.get(120, TimeUnit.SECONDS)).isTrue();
        }
        pushed.set(true);
        for (Future<Boolean> one : working) {
            assertThat(one.get(120, TimeUnit.SECONDS)).isTrue();
        }

        for (String id : BATCHES) {
            store.batches().seal(id);
            StoredBatch batch = store.batches().find(id).orElseThrow();
            assertThat(batch.pending()).as("%s", batch).isZero();
            assertThat(batch.total()).as("%s", batch).isEqualTo(2 * ROUNDS * 3);
            assertThat(batch.finished()).isTrue();
            assertThat(store.intake().find(id + ".finally")).isPresent();
        }
        assertThat(deadlocks(store)).isEqualTo(before);
    }

    /** Members of both batches at once, in either order, some with keys that others want too. */
    private boolean push(int pusher) {
        for (int round = 0; round < ROUNDS; round++) {
            List<NewJob> jobs = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                String batch = BATCHES.get((pusher + i) % 2);
                String id = pusher + "-" + round + "-" + batch;
                jobs.add(job(id).withBatch(new BatchMembership(batch, 2)));
                jobs.add(job(id + "-keyed")
                        .withUnique(UniqueKey.of("key-" + id))
                        .withBatch(new BatchMembership(batch, 1)));
            }
            assertThat(store.intake().push(jobs)).allMatch(PushOutcome.Pushed.class::isInstance);
        }
        return true;
    }

    /** Settles groups of both batches: chains go on, every seventh fails for good. */
    private boolean work(String incarnation, AtomicBoolean pushed) {
        store.nodes().admit(IncarnationRecord.admitted(incarnation, incarnation, Instant.now()), Optional.empty());
        List<Settlement> ended = new ArrayList<>();
        boolean last = false;
        while (true) {
            boolean all = pushed.get();
            store.leader().assign(FENCE, List.of(new Grant(incarnation, "main", List.of("mail"), Set.of("work"), 6)));
            ExchangeReply reply = store.nodes().exchange(new Exchange(incarnation, "main", ended, 6, Optional.empty()));
            ended = new ArrayList<>();
            for (Attempt attempt : reply.taken()) {
                ended.add(settlement(attempt));
            }
            boolean nothing = ended.isEmpty()
                    && store.intake().counts().stream()
                            .filter(counts -> counts.queue().equals("mail"))
                            .allMatch(counts -> counts.assigned() + counts.running() + ready() == 0);
            if (all && nothing && last) {
                return true;
            }
            last = all && nothing;
        }
    }

    private int ready() {
        return store.database().transaction("count", session -> session.first(
                        "SELECT COUNT(*) FROM {jobs} WHERE state = 1 AND batch IS NOT NULL", row -> row.getInt(1))
                .orElse(0));
    }

    private static Settlement settlement(Attempt attempt) {
        String id = attempt.token().jobId();
        if (id.endsWith("first") || id.endsWith("second")) {
            String batch = id.endsWith("first") ? "first" : "second";
            NewJob next = job(id + "-next").withBatch(new BatchMembership(batch, 1));
            return new Settlement(attempt.token(), new Settlement.Completed(), List.of(OutboxEntry.here(next)));
        }
        boolean fails = id.hashCode() % 7 == 0 && attempt.counters().starts() == 1;
        return Settlement.of(
                attempt.token(),
                fails ? new Settlement.Failed("broken", "", Settlement.Why.EXCEPTION) : new Settlement.Completed());
    }

    /** Retries and cancels what it finds. */
    private Callable<Boolean> disturb(AtomicBoolean pushed) {
        return () -> {
            while (!pushed.get()) {
                List<String> failed = store.database()
                        .transaction(
                                "look",
                                session -> session.query(
                                        "SELECT id FROM {jobs} WHERE state = 4 ORDER BY id LIMIT 10",
                                        row -> row.getString(1)));
                store.intake().retry(failed);
                store.batches().cancel("second");
            }
            return true;
        };
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "work", new byte[] {1});
    }

    private static NewJob told(String id) {
        return NewJob.of(id, "mail", "told", new byte[] {1});
    }
}
