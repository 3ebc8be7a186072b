package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One pool on a memory store in manual time, the test being its leader. Handlers that wait run inside one another, so what happens in
 * between is looked at by {@link #at}.
 */
final class PoolBench {
    static final Fence FENCE = new Fence("queue", "coordinator", 1);
    static final String INCARNATION = "a-1";
    static final Duration QUIET_BACKSTOP = Duration.ofSeconds(15);

    final ManualTimeline timeline = ManualTimeline.ordered();
    final MemoryStore store = MemoryStore.open(new MemoryOptions(10_000), timeline);
    final DisturbedDesk desk = new DisturbedDesk(store.nodes());
    final Ledger ledger = new Ledger("a", "main", timeline, PoolWatch.NONE);
    final List<String> ran = new ArrayList<>();
    int mostAtOnce;
    int hungry;
    int buried;
    boolean trusted = true;
    final List<String> ended = new ArrayList<>();
    Runnable onHungry = () -> {};
    private final Loop script = timeline.loop("script");
    private final NodeSlots nodeSlots;
    private int atOnce;

    /** What a job does: waits, for a time, once or also after its interrupt. */
    record Work(int millis, boolean stubborn) {
        static final Work NONE = new Work(0, false);

        static Work lasting(Duration time) {
            return new Work((int) time.toMillis(), false);
        }

        static Work stubborn(Duration time) {
            return new Work((int) time.toMillis(), true);
        }
    }

    PoolBench() {
        this(new NodeSlots(100));
    }

    PoolBench(NodeSlots nodeSlots) {
        this.nodeSlots = nodeSlots;
        store.nodes()
                .admit(
                        IncarnationRecord.admitted(
                                INCARNATION, "a", timeline.clock().instant()),
                        Optional.empty());
        store.leader().install(FENCE);
    }

    WorkerPool pool(int concurrency) {
        return pool("main", concurrency);
    }

    WorkerPool pool(String name, int concurrency) {
        Handler<Work> handler = this::work;
        JobTypes types = JobTypes.builder()
                .register(new JobType<>("work", Work.class, JobOptions.DEFAULT), handler)
                .build();
        return pool(PoolOptions.of("default").withName(name).withConcurrency(concurrency), types);
    }

    WorkerPool pool(PoolOptions options, JobTypes types) {
        return live(options, types).pool();
    }

    Live live(PoolOptions options, JobTypes types) {
        return live(options, types, made -> {});
    }

    /** A pool that {@code first} is done to before it starts, and whose options may change. */
    Live live(PoolOptions options, JobTypes types, Consumer<WorkerPool> first) {
        LiveOptions live = new LiveOptions(options);
        Stint stint = new Stint(options.limits(), timeline.ticker(), () -> 0);
        WorkerPool pool = new WorkerPool(new PoolSetting(
                live,
                stint,
                "a",
                INCARNATION,
                desk,
                types,
                nodeSlots,
                ledger,
                timeline,
                () -> QUIET_BACKSTOP,
                () -> trusted,
                this::hungry,
                () -> buried++,
                () -> ended.add(options.name())));
        first.accept(pool);
        pool.start();
        return new Live(pool, live);
    }

    /** A pool and its options. */
    record Live(WorkerPool pool, LiveOptions options) {
        void change(PoolOptions changed) {
            options.change(before -> changed);
            pool.optionsChanged();
        }
    }

    private void hungry() {
        hungry++;
        onHungry.run();
    }

    void work(Work work, JobContext context) throws InterruptedException {
        ran.add(context.jobId());
        atOnce++;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        Deadline end = Deadline.after(Duration.ofMillis(work.millis()), timeline.ticker());
        try {
            do {
                timeline.await(new CompletableFuture<Void>(), end);
                if (Thread.interrupted() && !work.stubborn()) {
                    throw new InterruptedException("told to stop");
                }
            } while (!end.expired());
        } finally {
            atOnce--;
        }
    }

    void push(String id, Work work) {
        push(id, work, JobOptions.DEFAULT);
    }

    void push(String id, Work work, JobOptions options) {
        store.intake().push(List.of(NewJob.of(id, "default", "work", JobEnvelope.write(work, options))));
    }

    /** Pushes a job of any registered class. */
    void push(String id, JobType<?> type, Object job, JobOptions options) {
        store.intake().push(List.of(NewJob.of(id, "default", type.name(), JobEnvelope.write(job, options))));
    }

    /** Fills the pool up to so many jobs. */
    void assign(int limit) {
        assign("main", limit);
    }

    void assign(String pool, int limit) {
        store.leader().assign(FENCE, List.of(new Grant(INCARNATION, pool, List.of("default"), Set.of(), limit)));
    }

    /** Runs so many jobs that take no time, so that the pool begins to take ahead. */
    void warmUp() {
        for (int round = 0; round < 10; round++) {
            for (int job = 0; job < 40; job++) {
                push("warm-" + round + "-" + job, Work.NONE);
            }
            assign(40);
            timeline.advance(Duration.ofMillis(10));
        }
        assertThat(counts().completed()).isEqualTo(400);
        ran.clear();
        mostAtOnce = 0;
    }

    /** Looks at things, or does them, so long from now; what it finds wrong is told by {@link #end}. */
    void at(Duration when, Runnable step) {
        script.schedule(when, step);
    }

    /** Lets time pass and tells what failed meanwhile. */
    void end(Duration after) {
        timeline.advance(after);
        assertThat(timeline.failures()).isEmpty();
    }

    QueueCounts counts() {
        return store.intake().counts().get(0);
    }

    StoredJob job(String id) {
        return store.intake().find(id).orElseThrow();
    }

    JobState state(String id) {
        return job(id).state();
    }
}
