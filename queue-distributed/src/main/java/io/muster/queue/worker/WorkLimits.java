package io.muster.queue.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * When a pool ends by itself: it then takes nothing more, finishes what runs, and is gone from its node, which goes on. A pool that counts
 * jobs or stops when nothing is left reserves for itself, and never more than it may still run. K1
 *
 * @param maxJobs attempts that it runs before it ends
 * @param maxTime how long it works before it ends
 * @param memoryMiB used heap of the process after a garbage collection, in MiB, above which it ends
 * @param whenEmpty what it does when it finds nothing that it could run
 */
public record WorkLimits(
        Optional<Integer> maxJobs, Optional<Duration> maxTime, Optional<Integer> memoryMiB, WhenEmpty whenEmpty) {
    /** It works on and on. */
    public static final WorkLimits NONE =
            new WorkLimits(Optional.empty(), Optional.empty(), Optional.empty(), WhenEmpty.WAIT);

    /** What a pool does when it finds nothing to run. */
    public enum WhenEmpty {
        WAIT,
        /** It ends. */
        STOP,
        /** It looks again after its sleep, and ends if there is still nothing. */
        STOP_AFTER_SLEEP
    }

    public WorkLimits {
        maxJobs.ifPresent(jobs -> atLeastOne("max-jobs", jobs));
        memoryMiB.ifPresent(mib -> atLeastOne("memory", mib));
        if (maxTime.isPresent() && (maxTime.get().isNegative() || maxTime.get().isZero())) {
            throw new IllegalArgumentException("max-time must be positive, not " + maxTime.get());
        }
    }

    /** Whether what it takes is counted to the job. */
    public boolean counts() {
        return maxJobs.isPresent() || whenEmpty != WhenEmpty.WAIT;
    }

    WorkLimits withMaxJobs(int changed) {
        return new WorkLimits(Optional.of(changed), maxTime, memoryMiB, whenEmpty);
    }

    WorkLimits withMaxTime(Duration changed) {
        return new WorkLimits(maxJobs, Optional.of(changed), memoryMiB, whenEmpty);
    }

    WorkLimits withMemoryMiB(int changed) {
        return new WorkLimits(maxJobs, maxTime, Optional.of(changed), whenEmpty);
    }

    WorkLimits withWhenEmpty(WhenEmpty changed) {
        return new WorkLimits(maxJobs, maxTime, memoryMiB, changed);
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " must be at least 1, not " + value);
        }
    }
}
