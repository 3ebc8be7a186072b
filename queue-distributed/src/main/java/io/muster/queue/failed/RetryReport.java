package io.muster.queue.failed;

import io.muster.queue.store.RetryOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What a retry of many jobs did.
 *
 * @param retried jobs that are ready again
 * @param notFailed jobs that somebody else retried or removed meanwhile
 * @param refused jobs that stay failed, because another live job holds their unique key
 * @param firstRefused some of these
 */
public record RetryReport(long retried, long notFailed, long refused, List<RetryOutcome.DuplicateOf> firstRefused) {
    private static final int MOST_NAMED = 100;
    static final RetryReport NOTHING = new RetryReport(0, 0, 0, List.of());

    public RetryReport {
        firstRefused = List.copyOf(firstRefused);
    }

    RetryReport with(List<RetryOutcome> outcomes) {
        List<RetryOutcome.DuplicateOf> named = new ArrayList<>(firstRefused);
        long more = 0;
        long gone = 0;
        long held = 0;
        for (RetryOutcome outcome : outcomes) {
            if (outcome instanceof RetryOutcome.Retried) {
                more++;
            } else if (outcome instanceof RetryOutcome.DuplicateOf duplicate) {
                held++;
                if (named.size() < MOST_NAMED) {
                    named.add(duplicate);
                }
            } else {
                gone++;
            }
        }
        return new RetryReport(retried + more, notFailed + gone, refused + held, named);
    }
}
