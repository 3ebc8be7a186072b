package io.muster.cli;

import io.muster.queue.failed.FailedFilter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which failed jobs are meant. */
final class FailedSelection {
    @Option(names = "--queue", paramLabel = "QUEUE", description = "Only jobs of this queue.")
    private @Nullable String queue;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only jobs of this type.")
    private @Nullable String type;

    @Option(names = "--tag", paramLabel = "TAG", description = "Only jobs with this tag.")
    private @Nullable String tag;

    boolean isGiven() {
        return queue != null || type != null || tag != null;
    }

    FailedFilter filter() {
        return new FailedFilter(
                Optional.ofNullable(queue), Optional.ofNullable(type), Optional.ofNullable(tag), Optional.empty());
    }
}
