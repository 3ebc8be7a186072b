package io.muster.cluster.local;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * One process on a {@link ManualTimeline}: it can be stopped and continued, killed, and its wall clock can be wrong. Give
 * it to everything that belongs to the process. Used by the timeline's thread only.
 */
public final class ManualNode implements Timeline {
    private final ManualTimeline whole;
    private final String name;
    private final Random random;
    private Duration clockOffset = Duration.ZERO;
    private boolean paused;
    private boolean killed;

    ManualNode(ManualTimeline whole, String name, long seed) {
        this.whole = whole;
        this.name = name;
        this.random = new Random(seed);
    }

    public String name() {
        return name;
    }

    /** Stops the process as SIGSTOP does: time passes, nothing of it runs. Calls made into it from outside still run. */
    public void pause() {
        paused = true;
    }

    /** Continues a paused process: all that became due meanwhile runs now. */
    public void resume() {
        paused = false;
    }

    public boolean isPaused() {
        return paused;
    }

    /** Ends the process as SIGKILL does: nothing of it runs any more. Cut it off the coordinator too. */
    public void kill() {
        killed = true;
        whole.dropAllOf(this);
    }

    public boolean isKilled() {
        return killed;
    }

    /**
     * Called by what runs in this process, mostly a {@link FaultPlan}: the process hangs at this very point for
     * {@code duration} while everybody else goes on, as a long collection or a slow call would have it.
     */
    public void stall(Duration duration) {
        boolean pausedBefore = paused;
        paused = true;
        whole.advance(duration);
        paused = pausedBefore;
    }

    /** Sets the wall clock wrong by {@code offset}; monotonic time is not touched. */
    public void skewClock(Duration offset) {
        clockOffset = offset;
    }

    @Override
    public InstantSource clock() {
        return () -> whole.wallClock().plus(clockOffset);
    }

    @Override
    public Ticker ticker() {
        return whole.ticker();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Loop loop(String loopName) {
        return queue(loopName);
    }

    @Override
    public Task start(String taskName, Runnable body) {
        if (whole.tasksHaveThreads()) {
            return whole.startThread(queue(taskName), body);
        }
        ManualTask task = new ManualTask(queue(taskName), body);
        task.begin();
        return task;
    }

    /** Runs what is due elsewhere meanwhile. What waits in a node that is killed never returns. */
    @Override
    public boolean await(CompletableFuture<?> signal, Deadline deadline) {
        ManualThread own = ManualThread.current();
        if (own != null) {
            return own.await(signal, deadline);
        }
        whole.runUntilDone(signal, deadline);
        if (killed) {
            throw new KilledError();
        }
        return signal.isDone();
    }

    @Override
    public String toString() {
        return "ManualNode[" + name + "]";
    }

    ManualTimeline whole() {
        return whole;
    }

    private ManualQueue queue(String loopName) {
        return whole.queue(this, name + "/" + loopName);
    }

    /** Takes what waited in a killed process off the stack. */
    static final class KilledError extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** A body that runs once, in a queue of its own. */
    private static final class ManualTask implements Task {
        private final ManualQueue own;
        private final Runnable body;
        private boolean ended;

        ManualTask(ManualQueue own, Runnable body) {
            this.own = own;
            this.body = body;
        }

        void begin() {
            own.post(() -> {
                try {
                    body.run();
                } finally {
                    ended = true;
                    own.close();
                }
            });
        }

        @Override
        public void interrupt() {
            own.interrupt();
        }

        @Override
        public boolean ended() {
            return ended;
        }
    }
}
