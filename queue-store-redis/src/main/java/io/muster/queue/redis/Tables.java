package io.muster.queue.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.redis.RedisErrors.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the store's tables where somebody has put a key of another type in their place. The table of jobs is set apart: what was in
 * it is gone, all else goes on. That of incarnations is made anew from what lies under their names; all keys of the server are looked
 * through for that, by a task. Without the others nobody knows who may write or what is held: they stay, and each call that needs them says
 * which to put back. Thread-safe.
 */
final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);
    private static final String FIRST = "0";

    /** By cursor, the answer of {@link StoreScripts#MEND}. */
    private final Function<String, List<?>> script;

    private final Timeline timeline;
    private final String allKeys;
    private final AtomicReference<@Nullable CompletableFuture<Found>> underWay = new AtomicReference<>();

    /** @param allKeys what all keys of the store begin with */
    Tables(Function<String, List<?>> script, Timeline timeline, String allKeys) {
        this.script = script;
        this.timeline = timeline;
        this.allKeys = allKeys;
    }

    /**
     * What was looked at.
     *
     * @param setApart keys that were wrong and are in order now
     * @param others wrong ones, and of which type they are
     */
    private record Found(List<String> setApart, List<String> others) {}

    /** What a call has to say that the server refused because a key is of another type; a script may have ended in its midst. */
    StoreException refused(ClusterConfigurationException refused, Effect effect, Deadline deadline) {
        CompletableFuture<Found> looking = looking();
        String says = timeline.await(looking, deadline)
                ? said(looking.join(), String.valueOf(refused.getMessage()))
                : "A table of the store is being made anew, somebody had put something else in its place. Try again";
        return effect == Effect.READS
                ? new StoreUnavailableException(says, refused)
                : new StoreOutcomeUnknownException(says, refused);
    }

    /** One for all who ask meanwhile. */
    private CompletableFuture<Found> looking() {
        CompletableFuture<Found> own = new CompletableFuture<>();
        CompletableFuture<Found> other = underWay.compareAndExchange(null, own);
        if (other != null) {
            return other;
        }
        timeline.start("muster-redis-mend", () -> lookInto(own));
        return own;
    }

    private String said(Found found, String refusal) {
        if (!found.others().isEmpty()) {
            return "Somebody has replaced " + String.join(", ", found.others())
                    + " of the store: what was there is gone. Put it back from a backup; if there is none, stop all nodes, remove all keys "
                    + allKeys + "*, and push anew";
        }
        return found.setApart().isEmpty()
                ? refusal
                : "There was something else in the place of " + String.join(", ", found.setApart())
                        + " of the store; it is set apart as " + allKeys + "unreadable:…. Try again";
    }

    private void lookInto(CompletableFuture<Found> looking) {
        Found found = new Found(List.of(), List.of());
        try {
            found = look();
        } catch (RuntimeException e) { // Whoever waits for it has an error of its own to throw.
            LOG.warn("What is wrong with the store's tables cannot be found out reason={}", e.getMessage());
        } finally {
            underWay.set(null);
            looking.complete(found);
        }
    }

    private Found look() {
        List<String> setApart = new ArrayList<>();
        List<?> answer;
        String cursor = FIRST;
        do {
            answer = script.apply(cursor);
            cursor = text(answer, 0);
            String apart = text(answer, 1);
            if (!apart.isEmpty()) {
                setApart.add(apart);
            }
        } while (!FIRST.equals(cursor));
        List<String> others = new ArrayList<>();
        for (int i = 2; i + 1 < answer.size(); i += 2) {
            others.add(text(answer, i) + " (by a " + text(answer, i + 1) + ")");
        }
        return new Found(setApart, others);
    }

    private static String text(List<?> answer, int at) {
        return JobRecords.string((byte[]) answer.get(at));
    }
}
