package io.muster.queue.store;

import java.time.Duration;

/**
 * The state of a limit and its rules, the same in every store. A window begins with the first permit taken, and the next begins where it ends
 * as long as somebody was told to come then; otherwise with the next permit. Who finds no permit is told a moment in a later window, at most as
 * many as that has permits, so that each comes back once and not all at once.
 *
 * @param start when the window began, in milliseconds since 1970
 * @param used permits used in it
 * @param ahead how many were told to come in windows after it
 */
public record LimitWindow(long start, long used, long ahead) {
    /** Nothing was ever taken. */
    public static final LimitWindow NONE = new LimitWindow(0, 0, 0);

    /** What a call makes of the state, and its answer. */
    public record Step(LimitWindow after, LimitReply reply) {}

    /** Applies a call other than {@link LimitCall.Action#CLEAR} at {@code now}, in milliseconds since 1970. */
    public Step apply(LimitCall call, long now) {
        long period = call.period().toMillis();
        LimitWindow current = rolled(call.permits(), period, now);
        return switch (call.action()) {
            case TAKE -> current.take(call, period, now);
            case TRY -> current.grant(Math.min(call.count(), current.free(call)), period, now);
            case LOOK -> new Step(this, current.reply(0, period, now));
            case HIT -> current.hit(call, period, now);
            case GIVE_BACK -> current.giveBack(call, period, now);
            case CLEAR -> new Step(NONE, NONE.reply(0, period, now));
        };
    }

    /** When nothing of this state matters any more, in milliseconds since 1970. */
    public long endsAt(LimitCall call) {
        return start + call.period().toMillis() * (1 + (ahead + call.permits() - 1) / call.permits());
    }

    private LimitWindow rolled(int permits, long period, long now) {
        if (now < start + period) {
            return this;
        }
        long passed = (now - start) / period;
        boolean awaited = ahead > 0 && ahead > (passed - 1) * permits;
        return awaited
                ? new LimitWindow(start + passed * period, 0, Math.max(0, ahead - passed * permits))
                : new LimitWindow(now, 0, 0);
    }

    private Step take(LimitCall call, long period, long now) {
        boolean behindOthers = ahead > 0 && call.since().toEpochMilli() >= start;
        int granted = behindOthers ? 0 : Math.min(call.count(), free(call));
        if (granted > 0) {
            return grant(granted, period, now);
        }
        long due = start + period * (1 + ahead / call.permits());
        return new Step(
                new LimitWindow(start, used, ahead + 1),
                new LimitReply(0, used, Duration.ofMillis(Math.max(1, due - now)), start));
    }

    private Step grant(int granted, long period, long now) {
        LimitWindow after = new LimitWindow(start, used + granted, ahead);
        return new Step(after, after.reply(granted, period, now));
    }

    private Step hit(LimitCall call, long period, long now) {
        boolean fills = used + 1 == call.permits();
        LimitWindow after = new LimitWindow(fills ? now : start, used + 1, ahead);
        return new Step(after, after.reply(0, period, now));
    }

    private Step giveBack(LimitCall call, long period, long now) {
        LimitWindow after =
                start == call.window() ? new LimitWindow(start, Math.max(0, used - call.count()), ahead) : this;
        return new Step(after, after.reply(0, period, now));
    }

    private int free(LimitCall call) {
        return (int) Math.max(0, call.permits() - used);
    }

    private LimitReply reply(int granted, long period, long now) {
        return new LimitReply(granted, used, Duration.ofMillis(Math.max(1, start + period - now)), start);
    }
}
