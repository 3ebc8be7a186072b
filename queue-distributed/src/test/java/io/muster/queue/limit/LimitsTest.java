package io.muster.queue.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.JobStore.LimitDesk;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;
import io.muster.queue.store.LimitWindow;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Threads that want a permit of one limit at the same time; the store answers each question when it is let. */
@Tag("M2")
class LimitsTest {
    private static final int THREADS = 12;

    private final Queue<Thread> all = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task);
        all.add(thread);
        return thread;
    });
    private final AtomicInteger begun = new AtomicInteger();
    private int wanted;
    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger underWay = new AtomicInteger();
    private final ConcurrentLinkedQueue<LimitCall> asked = new ConcurrentLinkedQueue<>();
    private volatile boolean silent;
    private LimitWindow window = LimitWindow.NONE;
    private final LimitDesk desk = this::ask;
    private final Limits limits = new Limits(Map.of(), Optional.of(desk), SystemTimeline.instance());

    private LimitReply ask(LimitCall call) {
        asked.add(call);
        underWay.incrementAndGet();
        answers.acquireUninterruptibly();
        underWay.decrementAndGet();
        if (silent) {
            throw new StoreUnavailableException("silent");
        }
        return count(call);
    }

    private synchronized LimitReply count(LimitCall call) {
        LimitWindow.Step step = window.apply(call, System.currentTimeMillis());
        window = step.after();
        return step.reply();
    }

    @AfterEach
    void endThreads() {
        answers.release(1_000_000);
        threads.shutdownNow();
    }

    @Test
    void oneAsksAndTheOthersWaitForItsAnswer() throws Exception {
        Limit limit = Limit.perHour(1_000_000);
        warmUp(limit);

        List<Future<Limits.Permit>> permits = taking(limit, THREADS);
        untilAllWait();
        assertThat(underWay).hasValue(1);
        answers.release(1_000);

        assertThat(results(permits)).allMatch(Limits.Permit.Granted.class::isInstance);
        assertThat(asked).hasSize(1);
        assertThat(window.used()).isEqualTo(asked.peek().count() + 511L).isGreaterThan(511L + THREADS);
    }

    @Test
    void noMoreThanAPartOfALimitIsHadAtOnceHoweverManyAsk() throws Exception {
        Limit limit = Limit.perHour(32 * THREADS);
        answers.release(1_000_000);

        for (int round = 0; round < 4; round++) {
            assertThat(results(taking(limit, THREADS))).allMatch(Limits.Permit.Granted.class::isInstance);
        }

        assertThat(window.used()).isLessThanOrEqualTo(4L * THREADS + THREADS);
    }

    /** Blocks of one permit: all others ask beside one another once they know, instead of one after the other. */
    @Test
    void aLimitOfSmallBlocksIsUsedAsFastAsThreadsCanAsk() throws Exception {
        Limit limit = Limit.perHour(THREADS);

        List<Future<Limits.Permit>> permits = taking(limit, THREADS);
        untilAllWait();
        assertThat(underWay).hasValue(1);
        answers.release(1);
        await().until(() -> underWay.get() == THREADS - 1);
        answers.release(1_000_000);

        assertThat(results(permits)).allMatch(Limits.Permit.Granted.class::isInstance);
        assertThat(asked).hasSize(THREADS);
        assertThat(window.used()).isEqualTo(THREADS);
    }

    @Test
    void whoeverIsRefusedIsToldAMomentOfItsOwn() throws Exception {
        Limit limit = Limit.perHour(2);
        answers.release(1_000_000);
        results(taking(limit, 2));
        answers.drainPermits();

        List<Future<Limits.Permit>> permits = taking(limit, THREADS);
        untilAllWait();
        assertThat(underWay).hasValue(1);
        answers.release(1_000_000);

        List<Duration> moments = results(permits).stream()
                .map(permit -> ((Limits.Permit.Refused) permit).after())
                .toList();
        assertThat(moments).hasSize(THREADS);
        assertThat(window.ahead()).isEqualTo(THREADS);
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedByOneThread() throws Exception {
        Limit limit = Limit.perHour(1_000);
        silent = true;

        List<Future<Limits.Permit>> permits = taking(limit, THREADS);
        untilAllWait();
        answers.release(1_000_000);

        assertThat(results(permits)).allMatch(Limits.Permit.Refused.class::isInstance);
        assertThat(asked).hasSize(1);
        silent = false;
        assertThat(results(taking(limit, 1))).allMatch(Limits.Permit.Granted.class::isInstance);
    }

    /** Until a block has more permits than there are threads, and is used up: 1, 2, 4, … 256. */
    private void warmUp(Limit limit) throws Exception {
        answers.release(1_000_000);
        for (int i = 0; i < 511; i++) {
            limits.take("calls", limit, Instant.EPOCH, true);
        }
        assertThat(window.used()).isEqualTo(511);
        asked.clear();
        answers.drainPermits();
    }

    /** Of whom one waits for the store, and the others for it or the store. */
    private void untilAllWait() {
        await().until(() -> begun.get() == wanted
                && all.size() == THREADS
                && all.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    private List<Future<Limits.Permit>> taking(Limit limit, int count) {
        wanted += count;
        List<Future<Limits.Permit>> permits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            permits.add(threads.submit(() -> {
                begun.incrementAndGet();
                return limits.take("calls", limit, Instant.EPOCH, true);
            }));
        }
        return permits;
    }

    private static List<Limits.Permit> results(List<Future<Limits.Permit>> permits) throws Exception {
        List<Limits.Permit> results = new ArrayList<>();
        for (Future<Limits.Permit> permit : permits) {
            results.add(permit.get());
        }
        return results;
    }
}
