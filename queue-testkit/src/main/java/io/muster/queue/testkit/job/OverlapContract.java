package io.muster.queue.testkit.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@link WithoutOverlapping} promises wherever its keys are kept, by jobs on two nodes. M3 */
@Tag("M3")
public abstract class OverlapContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Map<String, Watch> WATCHES = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private final Watch watch = new Watch();
    private final List<Queue> nodes = new ArrayList<>();

    /** Where keys are kept. */
    public enum Home {
        STORE,
        LOCK
    }

    /** Address of a coordinator of this case's own, or of one that is shared with others. */
    protected abstract String coordinator();

    protected abstract Home home();

    /** What a case sees of its jobs. */
    private static final class Watch {
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        final Map<String, Integer> attempts = new ConcurrentHashMap<>();
        final Map<String, CountDownLatch> begun = new ConcurrentHashMap<>();
        final Map<String, CountDownLatch> mayEnd = new ConcurrentHashMap<>();

        CountDownLatch begun(String name) {
            return begun.computeIfAbsent(name, any -> new CountDownLatch(1));
        }

        CountDownLatch mayEnd(String name) {
            return mayEnd.computeIfAbsent(name, any -> new CountDownLatch(1));
        }

        void run(String name, int attempt, What what) throws InterruptedException {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            attempts.put(name, attempt);
            begun(name).countDown();
            try {
                if (what == What.WAITS && !mayEnd(name).await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Nobody let " + name + " end");
                }
                if (what == What.THROWS) {
                    throw new IllegalStateException("told to");
                }
            } finally {
                atOnce.decrementAndGet();
            }
        }
    }

    /** What a job does. */
    public enum What {
        ENDS,
        WAITS,
        THROWS
    }

    /** A job that must not overlap with others of its key. */
    @JobName("touch")
    public record Touch(String watch, String name, What what, String key, Home home, long expireMillis, boolean shared)
            implements Job {
        @Override
        public List<Middleware> middleware() {
            return around(key, home, expireMillis, shared);
        }

        @Override
        public void handle(JobContext context) throws Exception {
            watched(watch).run(name, context.attempt(), what);
        }
    }

    /** Another type. */
    @JobName("paint")
    @JobDefaults(timeout = "PT1S")
    public record Paint(String watch, String name, What what, String key, Home home, boolean shared) implements Job {
        @Override
        public List<Middleware> middleware() {
            return around(key, home, 0, shared);
        }

        @Override
        public void handle(JobContext context) throws Exception {
            watched(watch).run(name, context.attempt(), what);
        }
    }

    private static Watch watched(String id) {
        Watch watch = WATCHES.get(id);
        if (watch == null) {
            throw new IllegalStateException("A job of a case that is over");
        }
        return watch;
    }

    private static List<Middleware> around(String key, Home home, long expireMillis, boolean shared) {
        WithoutOverlapping own = WithoutOverlapping.on(key);
        own = shared ? own.shared() : own;
        own = expireMillis > 0 ? own.expireAfter(Duration.ofMillis(expireMillis)) : own;
        return List.of(home == Home.LOCK ? own.releaseAfter(SOON) : own);
    }

    @BeforeEach
    void start() {
        WATCHES.put(id, watch);
        String address = coordinator();
        for (int i = 0; i < 2; i++) {
            nodes.add(Queue.named("overlap-" + id)
                    .cluster(address)
                    .store("cluster:")
                    .job(Touch.class)
                    .job(Paint.class)
                    .pool(PoolOptions.of("default").withConcurrency(3))
                    .start());
        }
    }

    @AfterEach
    void stop() {
        watch.mayEnd.values().forEach(CountDownLatch::countDown);
        nodes.forEach(Queue::close);
        WATCHES.remove(id);
    }

    @Test
    void jobsOfAKeyRunOneAfterTheOtherEachAtItsFirstTry() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(nodes.get(i % 2).push(touch("job-" + i, What.ENDS, "key")));
        }

        ids.forEach(this::assertCompletes);
        assertThat(watch.mostAtOnce).hasValue(1);
        assertThat(watch.attempts).hasSize(10).allSatisfy((name, attempt) -> assertThat(attempt)
                .isEqualTo(1));
    }

    @Test
    void otherKeysAndOtherTypesRunMeanwhile() {
        String held = push(touch("holder", What.WAITS, "key"));
        begins("holder");

        assertCompletes(push(touch("other-key", What.ENDS, "other")));
        assertCompletes(push(new Paint(id, "other-type", What.ENDS, "key", home(), false)));
        String same = push(touch("same", What.ENDS, "key"));
        assertThat(watch.begun("same").getCount()).isEqualTo(1);

        watch.mayEnd("holder").countDown();
        assertCompletes(held);
        assertCompletes(same);
    }

    @Test
    void aSharedKeyCountsForOtherTypesToo() throws InterruptedException {
        String held = push(new Touch(id, "holder", What.WAITS, "key", home(), 0, true));
        begins("holder");
        String other = push(new Paint(id, "other-type", What.ENDS, "key", home(), true));
        String free = push(new Paint(id, "not-shared", What.ENDS, "key", home(), false));

        assertCompletes(free);
        assertThat(watch.begun("other-type").await(300, TimeUnit.MILLISECONDS)).isFalse();

        watch.mayEnd("holder").countDown();
        assertCompletes(held);
        assertCompletes(other);
    }

    @Test
    void aJobThatThrowsFreesItsKey() {
        String failed = push(touch("broken", What.THROWS, "key"));
        String next = push(touch("next", What.ENDS, "key"));

        assertThat(settled(failed).state()).isEqualTo(JobState.FAILED);
        assertCompletes(next);
    }

    @Test
    void aJobThatTimesOutFreesItsKey() {
        String late = push(new Paint(id, "late", What.WAITS, "key", home(), false));
        begins("late");
        String next = push(new Paint(id, "next", What.ENDS, "key", home(), false));

        assertThat(settled(late).state()).isEqualTo(JobState.FAILED);
        assertCompletes(next);
    }

    @Test
    void aKeyThatExpiresIsFreeThoughItsHolderRuns() {
        String holder = push(new Touch(id, "holder", What.WAITS, "key", home(), 300, false));
        begins("holder");

        assertCompletes(push(touch("next", What.ENDS, "key")));

        assertThat(watch.attempts).containsKeys("holder", "next");
        assertThat(watch.mostAtOnce).hasValue(2);
        watch.mayEnd("holder").countDown();
        assertCompletes(holder);
    }

    private Touch touch(String name, What what, String key) {
        return new Touch(id, name, what, key, home(), 0, false);
    }

    private String push(Job job) {
        return nodes.get(0).push(job);
    }

    private void begins(String name) {
        await().atMost(PATIENCE).until(() -> watch.begun(name).getCount() == 0);
    }

    private void assertCompletes(String jobId) {
        assertThat(settled(jobId).state()).isEqualTo(JobState.COMPLETED);
    }

    private StoredJob settled(String jobId) {
        return await().atMost(PATIENCE)
                .until(
                        () -> nodes.get(1).find(jobId),
                        found -> found.filter(job -> job.state().isSettled()).isPresent())
                .orElseThrow();
    }
}
