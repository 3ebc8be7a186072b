package io.muster.queue.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The atomic operations, each a file beside this class that says its arguments and its answer. A script runs alone at the server, all
 * or nothing as long as its first write is not refused; what it does at most is bounded so that it takes about a millisecond.
 *
 * <p>A line {@code -- uses: a b} puts the files {@code a.lua} and {@code b.lua} before the script. Every script has one key, which leads
 * to the slot; the others are made inside, with the same hash tag.
 */
enum StoreScripts {
    ADMIT,
    ADOPT,
    ASSIGN,
    BURY,
    CANCEL_BATCH,
    CLEAR,
    CONDEMN_OUTBOX,
    COUNTS,
    CREATE_BATCH,
    EXCHANGE,
    FAIL_UNSERVED,
    FIND,
    FIND_BATCH,
    FIRE,
    FORGET,
    HEADS,
    HELD,
    HOLDER,
    INCARNATIONS,
    INSTALL,
    LEAVE,
    LIMIT,
    LIST_BATCHES,
    LIST_DONE,
    LIST_OUTBOX,
    LIST_READY,
    LIST_SCORED,
    MEND,
    OUTBOX,
    OBSTACLES,
    PAUSE,
    PRUNE_BATCHES,
    PUSH,
    PUSH_ONE,
    PUSH_SPECIAL,
    PUT_SCHEDULE,
    QUEUES,
    RECORDS_OF,
    RELAYED,
    RESERVE,
    RETRY,
    REVOKE,
    SCHEDULES,
    SEAL_BATCH,
    SURVIVE,
    TEND;

    private static final String USES = "-- uses: ";

    private final String text = load(name().toLowerCase(Locale.ROOT).replace('_', '-'));
    private final String digest = sha1(text);

    String text() {
        return text;
    }

    /** By which the server knows it. */
    String digest() {
        return digest;
    }

    /** The one key: the store's count of writes, whose tag is that of all keys. */
    byte[][] keys(byte[][] arguments) {
        byte[] prefix = arguments[0];
        byte[] suffix = StoreKeys.bytes(":writes");
        byte[] key = new byte[prefix.length + suffix.length];
        System.arraycopy(prefix, 0, key, 0, prefix.length);
        System.arraycopy(suffix, 0, key, prefix.length, suffix.length);
        return new byte[][] {key};
    }

    private static String load(String name) {
        String own = read(name);
        StringBuilder all = new StringBuilder();
        own.lines()
                .filter(line -> line.startsWith(USES))
                .flatMap(line ->
                        java.util.Arrays.stream(line.substring(USES.length()).split(" ")))
                .forEach(used -> all.append(read(used)));
        return all.append(own).toString();
    }

    private static String read(String name) {
        try (InputStream file = StoreScripts.class.getResourceAsStream(name + ".lua")) {
            if (file == null) {
                throw new IllegalStateException("The script " + name + ".lua is missing in queue-store-redis");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The script " + name + ".lua cannot be read", e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }
}
