package io.muster.queue.worker;

import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.JobOptions;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import io.muster.queue.store.Settlement.Why;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;

/** The rules of retrying (J2, J8, K3), as pure functions of options, counters and now. */
final class Verdict {
    private static final int MOST_DETAIL_CHARACTERS = 16_000;

    private Verdict() {}

    /** A handler threw. */
    static Outcome thrown(Throwable cause, AttemptOptions options, Counters counters, Instant now) {
        boolean exceptionsUsedUp = options.maxExceptions()
                .map(most -> counters.exceptions() + 1 >= most)
                .orElse(false);
        if (exceptionsUsedUp || !mayTryAgain(options, counters, now)) {
            return new Settlement.Failed(cause.toString(), stackTrace(cause), Why.EXCEPTION);
        }
        return new Settlement.Released(backoff(options, counters), Why.EXCEPTION);
    }

    /** The attempt took longer than its timeout. */
    static Outcome timedOut(AttemptOptions options, Counters counters, Instant now) {
        if (options.onTimeout() == JobOptions.OnTimeout.FAIL || !mayTryAgain(options, counters, now)) {
            return new Settlement.Failed("Timed out after " + options.timeout(), "", Why.TIMEOUT);
        }
        return new Settlement.Released(backoff(options, counters), Why.TIMEOUT);
    }

    /** The handler asked to be run again. */
    static Outcome released(Duration delay, AttemptOptions options, Counters counters, Instant now) {
        if (!mayTryAgain(options, counters, now.plus(delay))) {
            return new Settlement.Failed(
                    "Released when its tries were used up: " + counters.starts() + " of " + options.tries(),
                    "",
                    Why.ASKED);
        }
        return new Settlement.Released(delay, Why.ASKED);
    }

    /** A middleware held it back before its handler began; that uses no try. */
    static Outcome held(Duration delay, AttemptOptions options, Instant now) {
        boolean tooLate = options.retryUntil()
                .map(until -> !now.plus(delay).isBefore(until))
                .orElse(false);
        return tooLate
                ? new Settlement.Failed("Held back until the time for its tries was over", "", Why.ASKED)
                : new Settlement.Released(delay, Why.HELD);
    }

    /** How many attempts have failed, the one that ends now included. */
    static int failuresSoFar(Counters counters) {
        return counters.exceptions() + counters.timeouts() + 1;
    }

    static Settlement.Failed failed(Throwable cause) {
        return new Settlement.Failed(cause.toString(), stackTrace(cause), Why.ASKED);
    }

    private static boolean mayTryAgain(AttemptOptions options, Counters counters, Instant next) {
        if (options.retryUntil().isPresent()) {
            return next.isBefore(options.retryUntil().get());
        }
        return options.tries() == 0 || counters.starts() < options.tries();
    }

    private static Duration backoff(AttemptOptions options, Counters counters) {
        return options.backoffAfter(failuresSoFar(counters));
    }

    private static String stackTrace(Throwable cause) {
        StringWriter text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        String trace = text.toString();
        return trace.length() <= MOST_DETAIL_CHARACTERS ? trace : trace.substring(0, MOST_DETAIL_CHARACTERS) + "…";
    }
}
