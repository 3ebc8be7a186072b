package io.muster.cluster.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the index of a directory anew where somebody has put a key of another type in its place: the entries are still there. All keys of the
 * server are looked through for that, by a task, and whoever needs the directory waits for it. Until that is done nobody is told
 * of a part of the directory: nodes that are not listed would count as lost. Thread-safe.
 */
final class RedisIndexes {
    /** The script, once. */
    @FunctionalInterface
    interface Script {
        Step run(String directory, String cursor);
    }

    /**
     * What it answered.
     *
     * @param cursor to go on with
     */
    record Step(String cursor, Did did) {}

    /** What a run came to. */
    enum Did {
        NOTHING,
        A_PART,
        THE_LAST_PART;

        /** As the script has it. */
        static Did of(long number) {
            if (number == 0) {
                return NOTHING;
            }
            return number == 1 ? A_PART : THE_LAST_PART;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(RedisIndexes.class);
    private static final String FIRST = "0";

    private final Script script;
    private final Timeline timeline;
    private final Map<String, CompletableFuture<@Nullable Void>> underWay = new ConcurrentHashMap<>();

    RedisIndexes(Script script, Timeline timeline) {
        this.script = script;
        this.timeline = timeline;
    }

    /**
     * Does what needs the indexes of these directories; once more if one had to be made anew, or another process was quicker with that. Nothing
     * was applied if it fails for that.
     */
    <T> T whole(Collection<String> directories, Deadline deadline, Supplier<T> call) {
        try {
            return call.get();
        } catch (ClusterConfigurationException refused) {
            if (!isAboutAnIndex(refused)) {
                throw refused;
            }
            directories.forEach(directory -> mended(directory, deadline, refused));
            return call.get();
        }
    }

    private static boolean isAboutAnIndex(ClusterConfigurationException refused) {
        Throwable answer = refused.getCause();
        return answer != null && String.valueOf(answer.getMessage()).contains(RedisScripts.NO_INDEX);
    }

    private void mended(String directory, Deadline deadline, ClusterConfigurationException refused) {
        CompletableFuture<@Nullable Void> mending = underWay.computeIfAbsent(directory, this::begin);
        if (!timeline.await(mending, deadline)) {
            throw new ClusterUnavailableException(
                    "The index of directory " + directory
                            + " is being made anew: somebody put something else in its place",
                    refused);
        }
        underWay.remove(directory, mending);
    }

    private CompletableFuture<@Nullable Void> begin(String directory) {
        CompletableFuture<@Nullable Void> mending = new CompletableFuture<>();
        timeline.start("muster-redis-mend", () -> {
            try {
                mend(directory);
            } catch (ClusterException e) {
                LOG.warn(
                        "The index of a directory cannot be made anew directory={} reason={}",
                        directory,
                        e.getMessage());
            } finally {
                mending.complete(null);
            }
        });
        return mending;
    }

    private void mend(String directory) {
        Step step = script.run(directory, FIRST);
        while (step.did() == Did.A_PART) {
            step = script.run(directory, step.cursor());
        }
        if (step.did() == Did.THE_LAST_PART) {
            LOG.warn(
                    "The index of a directory was of another type than ours: made anew from the entries, the other is set apart as"
                            + " unreadable:d:{}",
                    directory);
        }
    }
}
