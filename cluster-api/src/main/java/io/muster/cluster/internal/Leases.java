package io.muster.cluster.internal;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Lease;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.NodeId;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Leases: records that are nobody's session's, owned by whoever has the token. C3
 *
 * <p>Where the coordinator deletes a record after its TTL by itself, a lease ends then. Elsewhere it is over for whoever has
 * watched it unchanged for its TTL: the first {@code tryLease} of a node begins to watch, so a lease that nobody renews
 * becomes free at most one TTL after the first attempt of the node that takes it, and never before its TTL.
 */
final class Leases {
    private static final String DIRECTORY = "leases";
    private static final NodeId STRANGER = new NodeId("unknown", "unknown");
    private static final int MOST_NOTE_CHARACTERS = 250;
    /** After which a record that nobody can read, and nobody changes, is over. */
    private static final Duration STRANGERS_TTL = Duration.ofDays(1);

    private static final Duration LEAST_TTL = Duration.ofMillis(100);

    private final Backend backend;
    private final Supplier<NodeId> self;
    private final Timeline timeline;
    private final Duration callTimeout;
    private final Incarnations nonces;
    private final Observations observations;

    Leases(Backend backend, Supplier<NodeId> self, Timeline timeline, Duration callTimeout) {
        this.backend = backend;
        this.self = self;
        this.timeline = timeline;
        this.callTimeout = callTimeout;
        this.nonces = new Incarnations(timeline);
        this.observations = new Observations(timeline.ticker());
    }

    LeaseAttempt tryLease(String name, Duration asked, String note) {
        if (note.length() > MOST_NOTE_CHARACTERS) {
            throw new IllegalArgumentException("A lease's note has at most " + MOST_NOTE_CHARACTERS + " characters");
        }
        Key key = key(name);
        Duration ttl = asked.compareTo(LEAST_TTL) < 0
                ? LEAST_TTL
                : Duration.ofMillis(asked.plusNanos(999_999).toMillis());
        LeaseRecord wanted = new LeaseRecord(self.get(), nonces.next(), ttl, 0, note);
        Deadline deadline = deadline();
        try {
            Optional<Entry> found = Optional.empty();
            do {
                Compare free = found.map(Compare::unchanged).orElse(Compare.absent(key));
                CommitResult result = backend.commit(put(key, wanted, free), deadline);
                if (result instanceof Committed committed) {
                    observations.forget(key);
                    return new LeaseAttempt.Held(held(name, wanted, committed.revision()));
                }
                found = backend.read(key, deadline);
            } while (found.isEmpty() || isOver(found.get()));
            return LeaseRecord.of(found.get())
                    .map(record -> new LeaseAttempt.Busy(record.holder(), record.note()))
                    .orElseGet(() -> new LeaseAttempt.Busy(STRANGER));
        } catch (OutcomeUnknownException e) {
            return new LeaseAttempt.Unknown(e);
        }
    }

    Lease lease(LeaseToken token) {
        return new TokenLease(LeaseProof.of(token));
    }

    private Lease held(String name, LeaseRecord wanted, long fencingToken) {
        return new TokenLease(new LeaseProof(name, fencingToken, wanted.ttl(), wanted.nonce()));
    }

    private boolean isOver(Entry entry) {
        if (backend.capabilities().writeTtl()) {
            return false;
        }
        Duration ttl = LeaseRecord.of(entry).map(LeaseRecord::ttl).orElse(STRANGERS_TTL);
        return observations.unchangedFor(entry, ttl);
    }

    private Transaction put(Key key, LeaseRecord wanted, Compare condition) {
        Write write = backend.capabilities().writeTtl()
                ? Write.put(key, wanted.encoded(), wanted.ttl())
                : Write.put(key, wanted.encoded());
        return Transaction.builder().require(condition).write(write).build();
    }

    private Deadline deadline() {
        return Deadline.after(callTimeout, timeline.ticker());
    }

    private static Key key(String name) {
        return new Key(DIRECTORY, Key.segment(name));
    }

    private enum Change {
        APPLIED,
        NOT_OWNER,
        UNKNOWN
    }

    /** A lease as its token describes it; holds no state of its own. */
    private final class TokenLease implements Lease {
        private final LeaseProof proof;

        TokenLease(LeaseProof proof) {
            this.proof = proof;
        }

        @Override
        public String key() {
            return proof.key();
        }

        @Override
        public LeaseToken token() {
            return proof.token();
        }

        @Override
        public long fencingToken() {
            return proof.fencingToken();
        }

        @Override
        public Duration effectiveTtl() {
            return proof.ttl();
        }

        @Override
        public Renewal renew() {
            return switch (change(entry ->
                    put(entry.key(), LeaseRecord.of(entry).orElseThrow().renewed(), Compare.unchanged(entry)))) {
                case APPLIED -> Renewal.RENEWED;
                case NOT_OWNER -> Renewal.NOT_OWNER;
                case UNKNOWN -> Renewal.UNKNOWN;
            };
        }

        @Override
        public Release release() {
            return switch (change(entry -> Transaction.builder()
                    .require(Compare.unchanged(entry))
                    .write(Write.delete(entry.key()))
                    .build())) {
                case APPLIED -> Release.RELEASED;
                case NOT_OWNER -> Release.NOT_OWNER;
                case UNKNOWN -> Release.UNKNOWN;
            };
        }

        /** A conflict only means that another holder of the token was faster, or that the lease has a new owner: look again. */
        private Change change(Function<Entry, Transaction> transaction) {
            Key key = Leases.key(proof.key());
            Deadline deadline = deadline();
            try {
                while (true) {
                    Optional<Entry> entry = backend.read(key, deadline).filter(this::isOurs);
                    if (entry.isEmpty()) {
                        return Change.NOT_OWNER;
                    }
                    if (backend.commit(transaction.apply(entry.get()), deadline) instanceof Committed) {
                        return Change.APPLIED;
                    }
                }
            } catch (OutcomeUnknownException | ClusterUnavailableException e) {
                return Change.UNKNOWN;
            }
        }

        private boolean isOurs(Entry entry) {
            return LeaseRecord.of(entry)
                    .filter(found -> found.nonce().equals(proof.nonce()))
                    .isPresent();
        }

        @Override
        public String toString() {
            return "Lease[" + proof.key() + ", " + proof.fencingToken() + "]";
        }
    }
}
