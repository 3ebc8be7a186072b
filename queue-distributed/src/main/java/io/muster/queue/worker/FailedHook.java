package io.muster.queue.worker;

import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Settlement;
import java.time.Duration;
import java.util.Optional;

/** The failed hook of a job that failed for good, on a task of its own, while its time lasts. Owned by the pool's loop. */
final class FailedHook {
    private static final Duration MOST_TIME = Duration.ofMinutes(1);

    private final Loop.Timer timer;
    private final Timeline.Task task;

    private FailedHook(Loop.Timer timer, Timeline.Task task) {
        this.timer = timer;
        this.task = task;
    }

    /** Calls the hook; {@code end} runs on the loop once it has returned or has had its time, perhaps twice. */
    static FailedHook start(
            PoolSetting setting,
            Loop loop,
            Slot.Handling handling,
            Settlement.Failed failed,
            Optional<Throwable> thrown,
            Runnable end) {
        HandlerRun run = handling.run();
        Timeline.Task task = setting.timeline().start(setting.node() + "-failed-" + run.type(), () -> {
            handling.call().failed(run, JobCall.cause(thrown, failed.reason()));
            run.freeKey();
            loop.post(end);
        });
        Duration timeout = run.options().timeout();
        Loop.Timer timer = loop.schedule(timeout.compareTo(MOST_TIME) < 0 ? timeout : MOST_TIME, () -> {
            task.interrupt();
            end.run();
        });
        return new FailedHook(timer, task);
    }

    /** Its end does not matter any more. */
    void cancel() {
        timer.cancel();
        task.interrupt();
    }

    /** It has ended. */
    void close() {
        timer.cancel();
    }
}
