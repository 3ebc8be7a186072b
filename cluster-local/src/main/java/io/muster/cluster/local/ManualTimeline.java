package io.muster.cluster.local;

import io.muster.cluster.local.ManualQueue.Event;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time that passes only when a test says so, for any number of processes inside the test's thread. Loops and tasks are
 * queues; {@link #advance}, {@link #runNext}, {@link #runUntil} run what is due, in the order of time and, among equal
 * times, of posting or by a seeded shuffle (within one loop always in order). The same seed gives the same run.
 *
 * <p>What runs may itself advance time, see {@link ManualNode#stall}; loops whose task is on the stack wait meanwhile. Belongs to
 * the thread that first posts to it; any other is refused.
 */
public final class ManualTimeline implements Timeline {
    private static final Logger LOG = LoggerFactory.getLogger(ManualTimeline.class);
    private static final Instant ORIGIN = Instant.parse("2025-01-01T00:00:00Z");
    private static final int MOST_EVENTS_PER_MOMENT = 1_000_000;

    private final long seed;
    private final @Nullable Random shuffle;
    private final ManualQueues queues = new ManualQueues();
    private final Map<String, ManualNode> nodes = new LinkedHashMap<>();
    private final Deque<ManualQueue> onStack = new ArrayDeque<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final ManualNode everywhere;
    private final Set<ManualThread> threads = new LinkedHashSet<>();
    private boolean tasksHaveThreads;
    private @Nullable Thread owner;
    private @Nullable Thread lentTo;
    private long nowNanos;
    private long sequence;

    private ManualTimeline(long seed, @Nullable Random shuffle) {
        this.seed = seed;
        this.shuffle = shuffle;
        this.everywhere = new ManualNode(this, "timeline", seed);
    }

    /** In order of posting among equal times. */
    public static ManualTimeline ordered() {
        return new ManualTimeline(0, null);
    }

    /** Shuffled among equal times by {@code seed}, from which all randomness of the timeline comes too. */
    public static ManualTimeline shuffled(long seed) {
        return new ManualTimeline(seed, new Random(seed));
    }

    /**
     * Each task that begins from now on has a thread of its own, of which only one runs at a time, while the driving thread waits for it: time can
     * then stop in the middle of a task that {@linkplain Timeline#await awaits} something, and a killed process's tasks never go on. Without
     * it they are on the stack of whoever drives the timeline, which is cheaper, but goes on only when they have ended.
     */
    public ManualTimeline withThreads() {
        tasksHaveThreads = true;
        return this;
    }

    /** Ends the threads of tasks that still wait: those of killed processes, and of all others. Nothing is to be run afterwards. */
    public void endThreads() {
        List.copyOf(threads).forEach(ManualThread::abort);
        threads.clear();
    }

    /** The process of this name, made when first asked for. */
    public ManualNode node(String name) {
        return nodes.computeIfAbsent(name, absent -> new ManualNode(this, name, seed * 31 + name.hashCode()));
    }

    /** Lets {@code duration} pass and runs all that becomes due, also what that posts. */
    public void advance(Duration duration) {
        long target = nowNanos + duration.toNanos();
        runWhile(target, () -> true);
        nowNanos = Math.max(nowNanos, target);
    }

    /** Runs all that is due now, without letting time pass. */
    public void runUntilIdle() {
        advance(Duration.ZERO);
    }

    /** Lets time pass up to the next event and runs it; false if there is none. */
    public boolean runNext() {
        return runEarliest(Long.MAX_VALUE);
    }

    /**
     * Runs events until {@code condition} holds, letting at most {@code atMost} pass.
     *
     * @return whether it held
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        long target = nowNanos + atMost.toNanos();
        runWhile(target, () -> !condition.getAsBoolean());
        return condition.getAsBoolean();
    }

    /** What tasks have thrown; they are logged and their loops go on, as on the real timeline. */
    public List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Time passed since this timeline was made. */
    public Duration elapsed() {
        return Duration.ofNanos(nowNanos);
    }

    @Override
    public InstantSource clock() {
        return everywhere.clock();
    }

    @Override
    public Ticker ticker() {
        return () -> nowNanos;
    }

    @Override
    public RandomGenerator random() {
        return everywhere.random();
    }

    @Override
    public Loop loop(String name) {
        return everywhere.loop(name);
    }

    @Override
    public Task start(String name, Runnable body) {
        return everywhere.start(name, body);
    }

    @Override
    public boolean await(CompletableFuture<?> signal, Deadline deadline) {
        return everywhere.await(signal, deadline);
    }

    void runUntilDone(CompletableFuture<?> signal, Deadline deadline) {
        ManualQueue waiting = onStack.peek();
        BooleanSupplier ended = () -> signal.isDone()
                || Thread.currentThread().isInterrupted()
                || (waiting != null && waiting.isInterrupted());
        if (!runUntil(ended, deadline.remaining())) {
            advance(deadline.remaining());
        }
        if (waiting != null) {
            waiting.takeInterrupt();
        }
    }

    Instant wallClock() {
        return ORIGIN.plusNanos(nowNanos);
    }

    long nowNanos() {
        return nowNanos;
    }

    long nextSequence() {
        return sequence++;
    }

    ManualQueue queue(ManualNode node, String name) {
        ManualQueue queue = new ManualQueue(this, node, name);
        if (node.isKilled()) {
            queue.close();
        } else {
            queues.add(queue);
        }
        return queue;
    }

    Task startThread(ManualQueue own, Runnable body) {
        ManualThread thread = new ManualThread(this, own, body);
        threads.add(thread);
        thread.begin();
        return thread;
    }

    boolean tasksHaveThreads() {
        return tasksHaveThreads;
    }

    void forget(ManualThread ended) {
        threads.remove(ended);
    }

    /** Lets one more thread use this timeline until that is taken back; answers which one could before. */
    @Nullable
    Thread lend(@Nullable Thread borrower) {
        Thread before = lentTo;
        lentTo = borrower;
        return before;
    }

    void forget(ManualQueue queue) {
        queues.remove(queue);
    }

    void nextEvent(ManualQueue queue, long dueNanos) {
        queues.next(queue, dueNanos);
    }

    void dropAllOf(ManualNode node) {
        queues.all().stream().filter(queue -> queue.belongsTo(node)).forEach(ManualQueue::close);
    }

    void failed(String loop, Throwable cause) {
        LOG.error("A task of this loop failed; the loop goes on name={}", loop, cause);
        failures.add(cause);
    }

    void checkThread() {
        if (owner == null) {
            owner = Thread.currentThread();
        }
        Thread current = Thread.currentThread();
        if (!owner.equals(current) && !current.equals(lentTo)) {
            throw new IllegalStateException(
                    "A manual timeline belongs to one thread, " + owner.getName() + "; called by " + current.getName());
        }
    }

    private void runWhile(long targetNanos, BooleanSupplier condition) {
        int atThisMoment = 0;
        long moment = nowNanos;
        while (condition.getAsBoolean() && runEarliest(targetNanos)) {
            atThisMoment = nowNanos == moment ? atThisMoment + 1 : 0;
            moment = nowNanos;
            if (atThisMoment > MOST_EVENTS_PER_MOMENT) {
                throw new IllegalStateException("Events keep coming without time passing, at " + elapsed());
            }
        }
    }

    private boolean runEarliest(long targetNanos) {
        checkThread();
        ManualQueue chosen = queues.earliest(nowNanos, targetNanos, shuffle);
        Event head = chosen == null ? null : chosen.head();
        if (chosen == null || head == null) {
            return false;
        }
        nowNanos = Math.max(head.dueNanos(), nowNanos);
        onStack.push(chosen);
        try {
            chosen.runHead();
        } finally {
            onStack.pop();
        }
        return true;
    }
}
