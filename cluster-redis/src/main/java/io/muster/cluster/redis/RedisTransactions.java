package io.muster.cluster.redis;

import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes transactions as arguments of {@link RedisScripts#COMMIT} and reads its answer. Versions are revisions. */
final class RedisTransactions {
    private static final byte[] NOTHING = {};
    private static final long COMMITTED = 1;
    private static final long CONFLICT = 0;
    private static final long SESSION_ENDED = -1;

    private RedisTransactions() {}

    static List<byte[]> arguments(Transaction transaction) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(RedisKeys.bytes(Integer.toString(transaction.compares().size())));
        for (Compare compare : transaction.compares()) {
            arguments.add(RedisKeys.bytes(kind(compare)));
            arguments.add(RedisKeys.bytes(compare.key().path()));
            arguments.add(
                    compare instanceof Compare.Unchanged unchanged
                            ? RedisKeys.bytes(Long.toString(unchanged.version().major()))
                            : NOTHING);
        }
        for (Write write : transaction.writes()) {
            addWrite(arguments, write);
        }
        return arguments;
    }

    /** Of what it writes. */
    static Set<String> directories(Transaction transaction) {
        Set<String> directories = new HashSet<>();
        transaction.writes().forEach(write -> directories.add(write.key().directory()));
        return directories;
    }

    static CommitResult result(Transaction transaction, List<?> answer) {
        long status = number(answer.get(0));
        if (status == COMMITTED) {
            return committed(transaction, number(answer.get(1)));
        }
        if (status == CONFLICT) {
            return conflict(transaction, answer.subList(1, answer.size()));
        }
        String subject = text(answer.get(1));
        if (status == SESSION_ENDED) {
            throw new SessionLostException("Session " + subject + " has ended at Redis; nothing was applied");
        }
        throw new IllegalArgumentException(
                "A bound entry cannot be overwritten, delete it first: " + subject + "; nothing was applied");
    }

    static Version version(long revision) {
        return new Version(revision, 0);
    }

    private static CommitResult committed(Transaction transaction, long revision) {
        Map<Key, Version> versions = new HashMap<>();
        for (Write write : transaction.writes()) {
            if (!(write instanceof Write.Delete)) {
                versions.put(write.key(), version(revision));
            }
        }
        return new CommitResult.Committed(revision, versions);
    }

    private static CommitResult conflict(Transaction transaction, List<?> operations) {
        int compares = transaction.compares().size();
        Set<Key> keys = new HashSet<>();
        for (Object operation : operations) {
            int index = Math.toIntExact(number(operation)) - 1;
            keys.add(
                    index < compares
                            ? transaction.compares().get(index).key()
                            : transaction.writes().get(index - compares).key());
        }
        return new CommitResult.Conflict(keys);
    }

    private static String kind(Compare compare) {
        if (compare instanceof Compare.Absent) {
            return "a";
        }
        return compare instanceof Compare.Present ? "p" : "u";
    }

    private static void addWrite(List<byte[]> arguments, Write write) {
        if (write instanceof Write.Put put) {
            byte[] ttl = put.ttl().map(RedisTransactions::millis).orElse(NOTHING);
            addWrite(arguments, put.ttl().isPresent() ? "t" : "p", put.key(), put.value(), ttl);
        } else if (write instanceof Write.Bind bind) {
            addWrite(
                    arguments,
                    "b",
                    bind.key(),
                    bind.value(),
                    RedisKeys.bytes(bind.session().id()));
        } else {
            addWrite(arguments, "d", write.key(), NOTHING, NOTHING);
        }
    }

    private static void addWrite(List<byte[]> arguments, String kind, Key key, byte[] value, byte[] extra) {
        arguments.add(RedisKeys.bytes(kind));
        arguments.add(RedisKeys.bytes(key.directory()));
        arguments.add(RedisKeys.bytes(key.name()));
        arguments.add(value);
        arguments.add(extra);
    }

    /** Rounded up: nothing ends earlier than asked for. */
    static byte[] millis(Duration duration) {
        return RedisKeys.bytes(
                Long.toString(Math.max(1, duration.plusNanos(999_999).toMillis())));
    }

    private static long number(Object reply) {
        return ((Long) reply).longValue();
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }
}
