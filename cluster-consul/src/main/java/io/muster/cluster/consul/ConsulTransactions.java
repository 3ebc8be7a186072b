package io.muster.cluster.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.consul.ConsulEntries.Tie;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One transaction as the operations of {@code PUT /v1/txn}, which Consul carries out in order and takes back all together
 * if one fails. It tells all that failed.
 *
 * <pre>
 * absent(k)                     check-not-exists k
 * absent(k), put(k)             cas k index=0
 * unchanged(k, v)               check-index k v
 * unchanged(k, v), put(k)       cas k index=v
 * present(k)                    get k
 * put(k)                        set k, and last of all check-session k "": k is not bound. After the write, for then k
 *                               exists for certain; left out where the transaction has no room for it
 * bind(k)                       check-not-exists k, lock k session
 * delete(k)                     delete k (never delete-cas: it succeeds if k is absent)
 * no put, no bind               set :revision, whose index is the revision
 * </pre>
 *
 * <p>Consul leaves an entry's index as it is if a write changes nothing, but a write of the same value is a write: each
 * carries a random number in {@code Flags}.
 */
final class ConsulTransactions {
    /** Of operations in Consul's sense. */
    static final int MOST_OPERATIONS = 64;

    static final int MOST_BODY_BYTES = 512 * 1024;
    private static final String NO_SESSION = "";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ConsulKeys keys;
    private final Transaction transaction;
    private final long nonce;
    private final Map<Key, Long> expected = new HashMap<>();
    private final List<Key> blind = new ArrayList<>();
    private final ArrayNode operations = JSON.arrayNode();
    private final List<Subject> subjects = new ArrayList<>();

    /** Which key an operation is about, and what it means if the operation fails. */
    private record Subject(Optional<Key> key, Role role) {}

    private enum Role {
        COMPARE,
        WRITE,
        NOT_BOUND
    }

    /**
     * @param nonce random, between 0 and 2<sup>53</sup>
     * @throws IllegalArgumentException it exceeds a limit of Consul or overwrites a bound entry
     */
    ConsulTransactions(ConsulKeys keys, Transaction transaction, long nonce) {
        this.keys = keys;
        this.transaction = transaction;
        this.nonce = nonce;
        Map<Key, Write> writes = new HashMap<>();
        transaction.writes().forEach(write -> writes.put(write.key(), write));
        for (Compare compare : transaction.compares()) {
            if (!carriedBy(writes.get(compare.key()), compare)) {
                compare(compare);
            }
        }
        transaction.writes().forEach(this::write);
        boolean numbered = transaction.writes().stream().anyMatch(write -> !(write instanceof Write.Delete));
        if (!numbered) {
            operation("set", keys.revision(), new Subject(Optional.empty(), Role.WRITE), new byte[0]);
        }
        guard();
        if (operations.size() > MOST_OPERATIONS) {
            throw new IllegalArgumentException("Too many operations for one transaction of consul: it needs "
                    + operations.size() + ", at most " + MOST_OPERATIONS + "; a bind needs two");
        }
    }

    /** The body of a transaction that creates one entry, and fails with {@link #isStale} if it exists. */
    static String creation(String path, String text) {
        ArrayNode operations = JSON.arrayNode();
        add(operations, "cas", path)
                .put("Index", 0)
                .put("Value", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        return operations.toString();
    }

    /** The body of a transaction that reads what is at these paths, and fails if one of them is not there. */
    static String reading(List<String> paths) {
        ArrayNode operations = JSON.arrayNode();
        for (String path : paths) {
            add(operations, "get", path);
        }
        return operations.toString();
    }

    /** The body of a transaction that creates one entry without a value, bound to a session, and fails if it exists or the session has ended. */
    static String binding(String path, String session) {
        ArrayNode operations = JSON.arrayNode();
        add(operations, "check-not-exists", path);
        add(operations, "lock", path).put("Session", session);
        return operations.toString();
    }

    /** The body of a transaction that removes what is bound to that session, and fails if it is not. */
    static String unbinding(String path, String session) {
        ArrayNode operations = JSON.arrayNode();
        add(operations, "check-session", path).put("Session", session);
        add(operations, "delete", path);
        return operations.toString();
    }

    static boolean isStale(ConsulHttp.Reply reply) {
        return reply.status() == 409 && ConsulErrors.says(reply.body(), "index is stale");
    }

    /** What to send. */
    String body() {
        String body = operations.toString();
        int bytes = body.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_BODY_BYTES) {
            throw new IllegalArgumentException("Too many bytes for one transaction of consul: " + bytes
                    + " as base64 in JSON, at most " + MOST_BODY_BYTES);
        }
        return body;
    }

    /** What status 200 means. */
    CommitResult committed(JsonNode answer) {
        long revision = 0;
        for (JsonNode result : answer.path("Results")) {
            revision = Math.max(revision, result.path("KV").path("ModifyIndex").asLong());
        }
        Map<Key, Version> versions = new HashMap<>();
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Put) {
                versions.put(write.key(), ConsulEntries.version(revision, Tie.FREE));
            } else if (write instanceof Write.Bind) {
                versions.put(write.key(), ConsulEntries.version(revision, Tie.BOUND));
            }
        }
        return new CommitResult.Committed(revision, versions);
    }

    /**
     * What status 409 means; empty if none of the operations is to blame.
     *
     * @throws SessionLostException a key was to be bound to a session that has ended
     * @throws IllegalArgumentException a bound entry was to be overwritten
     */
    Optional<CommitResult> conflict(JsonNode answer) {
        Set<Key> failed = new HashSet<>();
        Optional<Key> bound = Optional.empty();
        for (JsonNode error : answer.path("Errors")) {
            int index = error.path("OpIndex").asInt(-1);
            String what = error.path("What").asText();
            if (ConsulErrors.says(what, "invalid session")) {
                throw new SessionLostException("The session has ended at Consul: " + what);
            }
            if (ConsulErrors.says(what, "permission denied") || index < 0 || index >= subjects.size()) {
                return Optional.empty();
            }
            Subject subject = subjects.get(index);
            if (subject.role() == Role.NOT_BOUND) {
                bound = subject.key();
            } else {
                subject.key().ifPresent(failed::add);
            }
        }
        if (failed.isEmpty() && bound.isPresent()) {
            throw overwritesBound(bound.get());
        }
        return failed.isEmpty() ? Optional.empty() : Optional.of(new CommitResult.Conflict(failed));
    }

    /** Whether the write to the same key compares by itself. */
    private boolean carriedBy(@Nullable Write write, Compare compare) {
        if (write instanceof Write.Bind) {
            return compare instanceof Compare.Absent;
        }
        if (!(write instanceof Write.Put)) {
            return false;
        }
        if (compare instanceof Compare.Unchanged unchanged) {
            if (ConsulEntries.isBound(unchanged.version())) {
                throw overwritesBound(compare.key());
            }
            long index = unchanged.version().major();
            return index > 0 && expected.putIfAbsent(compare.key(), index) == null;
        }
        return compare instanceof Compare.Absent && expected.putIfAbsent(compare.key(), 0L) == null;
    }

    private void compare(Compare compare) {
        Subject subject = new Subject(Optional.of(compare.key()), Role.COMPARE);
        String path = keys.path(compare.key());
        if (compare instanceof Compare.Absent) {
            operation("check-not-exists", path, subject);
        } else if (compare instanceof Compare.Present) {
            operation("get", path, subject);
        } else if (compare instanceof Compare.Unchanged unchanged) {
            operation("check-index", path, subject)
                    .put("Index", unchanged.version().major());
        }
    }

    private void write(Write write) {
        String path = keys.path(write.key());
        Subject subject = new Subject(Optional.of(write.key()), Role.WRITE);
        if (write instanceof Write.Put put) {
            Long index = expected.get(put.key());
            if (index == null) {
                operation("set", path, subject, put.value());
                blind.add(put.key());
            } else {
                operation("cas", path, subject, put.value()).put("Index", index);
            }
        } else if (write instanceof Write.Bind bind) {
            compare(Compare.absent(bind.key()));
            operation("lock", path, subject, bind.value())
                    .put("Session", bind.session().id());
        } else {
            operation("delete", path, subject);
        }
    }

    private void guard() {
        for (Key key : blind) {
            if (operations.size() < MOST_OPERATIONS) {
                operation("check-session", keys.path(key), new Subject(Optional.of(key), Role.NOT_BOUND))
                        .put("Session", NO_SESSION);
            }
        }
    }

    private ObjectNode operation(String verb, String path, Subject subject, byte[] value) {
        return operation(verb, path, subject)
                .put("Value", Base64.getEncoder().encodeToString(value))
                .put("Flags", nonce);
    }

    private ObjectNode operation(String verb, String path, Subject subject) {
        subjects.add(subject);
        return add(operations, verb, path);
    }

    private static ObjectNode add(ArrayNode operations, String verb, String path) {
        return operations.addObject().putObject("KV").put("Verb", verb).put("Key", path);
    }

    private static IllegalArgumentException overwritesBound(Key key) {
        return new IllegalArgumentException("A bound entry cannot be overwritten: " + key);
    }
}
