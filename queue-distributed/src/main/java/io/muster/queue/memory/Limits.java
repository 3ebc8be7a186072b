package io.muster.queue.memory;

import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;
import io.muster.queue.store.LimitWindow;
import java.util.HashMap;
import java.util.Map;

/** States of limits until they matter no more. Guarded like the jobs. */
final class Limits {
    private final Map<String, Kept> limits = new HashMap<>();

    private record Kept(LimitWindow window, long endsAt) {}

    LimitReply ask(LimitCall call, long now) {
        Kept kept = limits.get(call.key());
        LimitWindow.Step step = (kept == null ? LimitWindow.NONE : kept.window()).apply(call, now);
        if (call.action() == LimitCall.Action.CLEAR) {
            limits.remove(call.key());
        } else if (call.action() != LimitCall.Action.LOOK) {
            limits.put(call.key(), new Kept(step.after(), step.after().endsAt(call)));
        }
        return step.reply();
    }

    void forget(long now) {
        limits.values().removeIf(kept -> kept.endsAt() <= now);
    }
}
