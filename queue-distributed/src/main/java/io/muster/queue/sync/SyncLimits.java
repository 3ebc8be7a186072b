package io.muster.queue.sync;

import io.muster.cluster.time.Timeline;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;
import io.muster.queue.store.LimitWindow;
import java.util.HashMap;
import java.util.Map;

/** Limits among the jobs of this process. Thread-safe. M2, M4 */
public final class SyncLimits implements JobStore.LimitDesk {
    private static final int MOST_REMEMBERED = 1000;

    private final Timeline timeline;
    private final Map<String, Kept> limits = new HashMap<>();

    private record Kept(LimitWindow window, long endsAt) {}

    public SyncLimits(Timeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public synchronized LimitReply ask(LimitCall call) {
        long now = timeline.clock().instant().toEpochMilli();
        Kept kept = limits.get(call.key());
        LimitWindow.Step step = (kept == null ? LimitWindow.NONE : kept.window()).apply(call, now);
        if (call.action() == LimitCall.Action.CLEAR) {
            limits.remove(call.key());
        } else if (call.action() != LimitCall.Action.LOOK) {
            limits.put(call.key(), new Kept(step.after(), step.after().endsAt(call)));
        }
        if (limits.size() > MOST_REMEMBERED) {
            limits.values().removeIf(old -> old.endsAt() <= now);
        }
        return step.reply();
    }
}
