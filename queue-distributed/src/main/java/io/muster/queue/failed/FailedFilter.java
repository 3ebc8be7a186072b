package io.muster.queue.failed;

import java.time.Instant;
import java.util.Optional;

/**
 * Which failed jobs are meant: those that fit in everything that is said.
 *
 * @param before failed before this moment
 */
public record FailedFilter(
        Optional<String> queue, Optional<String> type, Optional<String> tag, Optional<Instant> before) {
    public static final FailedFilter ALL =
            new FailedFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public FailedFilter onQueue(String wanted) {
        return new FailedFilter(Optional.of(wanted), type, tag, before);
    }

    public FailedFilter ofType(String wanted) {
        return new FailedFilter(queue, Optional.of(wanted), tag, before);
    }

    public FailedFilter tagged(String wanted) {
        return new FailedFilter(queue, type, Optional.of(wanted), before);
    }

    public FailedFilter failedBefore(Instant moment) {
        return new FailedFilter(queue, type, tag, Optional.of(moment));
    }

    boolean fits(FailedJob job) {
        return queue.map(job.queue()::equals).orElse(true)
                && type.map(job.type()::equals).orElse(true)
                && tag.map(job.tags()::contains).orElse(true)
                && before.map(moment -> job.failedAt()
                                .map(failed -> failed.isBefore(moment))
                                .orElse(true))
                        .orElse(true);
    }
}
