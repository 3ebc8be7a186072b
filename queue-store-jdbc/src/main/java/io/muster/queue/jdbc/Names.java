package io.muster.queue.jdbc;

import io.muster.cluster.spi.Key;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Texts of users as the database has them: plain characters, so that no collation, encoding or limit of an index matters. */
final class Names {
    private static final int MOST_PLAIN = 60;

    private Names() {}

    /** Reversible; for texts that {@link Key#segment} accepts. */
    static String encoded(String text) {
        return Key.segment(text);
    }

    static String decoded(String name) {
        return Key.text(name);
    }

    /** The text of a {@link #key}, or the digest of a long one. */
    static String keyText(String key) {
        return key.startsWith("=") ? Key.text(key.substring(1)) : "SHA-256 " + key.substring(1);
    }

    /** Any text, however long: as it is if it is short, else its digest. */
    static String key(String text) {
        if (!text.isEmpty() && text.length() <= MOST_PLAIN) {
            return "=" + Key.segment(text);
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "#" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
