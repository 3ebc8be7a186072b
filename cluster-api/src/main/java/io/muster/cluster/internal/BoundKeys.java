package io.muster.cluster.internal;

import io.muster.cluster.ClusterException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes and gives up keys that are bound to a session and carry a {@link Claim}: what locks and elections have in common.
 * Blocks on the caller's thread; what a call had to leave open is settled later on {@code loop}.
 */
final class BoundKeys {
    private static final Logger LOG = LoggerFactory.getLogger(BoundKeys.class);
    private static final Backoff SETTLING = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));
    private static final int MOST_LOOKS = 12;

    private final Backend backend;
    private final Timeline timeline;
    private final Loop loop;
    private final Duration callTimeout;

    BoundKeys(Backend backend, Timeline timeline, Loop loop, Duration callTimeout) {
        this.backend = backend;
        this.timeline = timeline;
        this.loop = loop;
        this.callTimeout = callTimeout;
    }

    /** How {@link #take} ended. */
    sealed interface Taken {
        /** It is ours; {@code number} is the fencing token. */
        record Ours(long number, Version version) implements Taken {}

        record Theirs(Entry entry) implements Taken {}
    }

    /** What became of a {@link #giveUp}. */
    enum Given {
        GIVEN,
        NOT_OURS,
        UNKNOWN
    }

    Deadline deadline() {
        return Deadline.after(callTimeout, timeline.ticker());
    }

    /** The deadline of a call that may wait so long before it begins. */
    Deadline deadlineAfter(Duration wait) {
        return Deadline.after(wait.plus(callTimeout), timeline.ticker());
    }

    /** The deadline of one of several calls that end by {@code limit} together. */
    Deadline deadlineWithin(Deadline limit) {
        return limit.orAfter(callTimeout);
    }

    /** Creates the key, or says whose it is. Recognises an earlier attempt with the same claim. */
    Taken take(Key key, Claim claim, LiveSession session, Deadline deadline) {
        Transaction bind = Transaction.builder()
                .write(Write.bind(key, claim.encoded(), session.backendSession()))
                .build();
        while (true) {
            CommitResult result = backend.commit(bind, deadline);
            if (result instanceof Committed committed) {
                return new Taken.Ours(committed.revision(), committed.version(key));
            }
            Optional<Entry> entry = backend.read(key, deadline);
            if (entry.isPresent() && !Claim.canBeIn(entry.get())) {
                LOG.warn("Removing what is no claim of ours and would be in the way for ever key={}", key);
                backend.commit(deletion(key, entry.get().version()), deadline);
            } else if (entry.isPresent()) {
                return claim.isIn(entry.get())
                        ? new Taken.Ours(entry.get().created(), entry.get().version())
                        : new Taken.Theirs(entry.get());
            }
        }
    }

    /** Deletes the key if it is still the one that was taken. An unknown outcome is settled in the background. */
    Given giveUp(Key key, Version version, LiveSession session, Deadline deadline) {
        try {
            return backend.commit(deletion(key, version), deadline) instanceof Committed ? Given.GIVEN : Given.NOT_OURS;
        } catch (SessionLostException e) {
            return Given.NOT_OURS;
        } catch (ClusterException e) {
            LOG.debug("Giving up is repeated in the background key={} reason={}", key, e.getMessage());
            laterGiveUp(key, version, session, 1);
            return Given.UNKNOWN;
        }
    }

    /**
     * An attempt to take ended without an answer: looks for it, and gives up what was taken. Ends with the session, or after
     * a number of looks that take a quarter of a minute; a write that arrives later still ends with the session.
     */
    void undo(Key key, Claim claim, LiveSession session) {
        laterUndo(key, claim, session, 1);
    }

    private void laterGiveUp(Key key, Version version, LiveSession session, int attempt) {
        loop.schedule(SETTLING.after(attempt, timeline.random()), () -> {
            if (!session.isTrusted()) {
                return;
            }
            try {
                backend.commit(deletion(key, version), deadline());
            } catch (ClusterException e) {
                laterGiveUp(key, version, session, attempt + 1);
            }
        });
    }

    private void laterUndo(Key key, Claim claim, LiveSession session, int looks) {
        loop.schedule(SETTLING.after(looks, timeline.random()), () -> {
            if (session.isTrusted() && looks <= MOST_LOOKS && !undone(key, claim)) {
                laterUndo(key, claim, session, looks + 1);
            }
        });
    }

    /** Not seeing the key proves nothing: the write may still be under way. */
    private boolean undone(Key key, Claim claim) {
        try {
            Optional<Entry> entry = backend.read(key, deadline());
            if (entry.isPresent() && claim.isIn(entry.get())) {
                backend.commit(deletion(key, entry.get().version()), deadline());
                return true;
            }
        } catch (ClusterException e) {
            LOG.debug("An unknown outcome stays open for now key={} reason={}", key, e.getMessage());
        }
        return false;
    }

    private static Transaction deletion(Key key, Version version) {
        return Transaction.builder()
                .require(Compare.unchanged(key, version))
                .write(Write.delete(key))
                .build();
    }
}
