package io.muster.queue.store;

import java.time.Duration;
import java.time.Instant;

/**
 * Something asked of a limit: at most {@code permits} in a window of {@code period}, by all nodes together. M2, M4
 *
 * @param key names the limit's state: 1 to 250 characters once percent-encoded ({@code Key.segment})
 * @param action what is asked
 * @param permits most in a window
 * @param period length of a window, a millisecond at least
 * @param count how many permits are wanted or given back
 * @param since for {@link Action#TAKE}: when the job was pushed. One pushed within the window goes behind those that were told to come later
 * @param window for {@link Action#GIVE_BACK}: the window they were taken in, {@link LimitReply#window}
 */
public record LimitCall(
        String key, Action action, int permits, Duration period, int count, Instant since, long window) {
    /** What is asked. */
    public enum Action {
        /** Permits if there are any, at most as many as are wanted; if there is none, the moment to come back at, given to nobody else. */
        TAKE,
        /** Permits if there are any; otherwise nothing is promised. */
        TRY,
        /** Nothing changes. */
        LOOK,
        /** Counts one. The one that fills the window begins it anew, so that it stays full for a whole period. */
        HIT,
        /** Permits that were not used are free again, if their window lasts. */
        GIVE_BACK,
        /** Forgets the limit's state. */
        CLEAR
    }

    public LimitCall {
        if (permits < 1) {
            throw new IllegalArgumentException("A limit has at least 1 permit, not " + permits);
        }
        if (period.toMillis() < 1) {
            throw new IllegalArgumentException("A limit's period is at least a millisecond, not " + period);
        }
        if (count < 1) {
            throw new IllegalArgumentException("At least 1 permit is wanted, not " + count);
        }
    }

    /** Asks for up to {@code count} permits for a job pushed at {@code since}. */
    public static LimitCall take(String key, int permits, Duration period, int count, Instant since) {
        return new LimitCall(key, Action.TAKE, permits, period, count, since, 0);
    }

    /** Asks without a count or a moment of its own. */
    public static LimitCall of(Action action, String key, int permits, Duration period) {
        return new LimitCall(key, action, permits, period, 1, Instant.EPOCH, 0);
    }

    /** Gives permits back that {@code taken} answered. */
    public LimitCall giveBack(int unused, LimitReply taken) {
        return new LimitCall(key, Action.GIVE_BACK, permits, period, unused, since, taken.window());
    }
}
