package io.muster.examples.index;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is found in a file. The same bytes always give an equal index. Text is read as UTF-8; bytes that are not, count as
 * letters of no word.
 *
 * @param bytes its size
 * @param lines line feeds
 * @param words runs of characters between white space
 * @param sha256 of its bytes, in hexadecimal
 * @param frequent the most frequent words, at most five, the most frequent first
 */
public record FileIndex(long bytes, long lines, long words, String sha256, List<Frequency> frequent) {
    private static final int MOST_FREQUENT = 5;
    private static final int SHORTEST_WORD = 3;
    private static final int LONGEST_WORD = 64;

    /** How often a word of at least three letters occurs, whatever its case. */
    public record Frequency(String word, int times) {}

    public FileIndex {
        frequent = List.copyOf(frequent);
    }

    /** Reads the file once, from begin to end. */
    public static FileIndex of(Path file) throws IOException {
        MessageDigest digest = newSha256();
        try (Counted counted = new Counted(Files.newInputStream(file));
                Reader text = new InputStreamReader(new DigestInputStream(counted, digest), StandardCharsets.UTF_8)) {
            Tally tally = new Tally();
            char[] buffer = new char[8192];
            for (int read = text.read(buffer); read >= 0; read = text.read(buffer)) {
                tally.add(buffer, read);
            }
            tally.end();
            return new FileIndex(
                    counted.bytes,
                    tally.lines,
                    tally.words,
                    HexFormat.of().formatHex(digest.digest()),
                    mostFrequent(tally.times));
        }
    }

    private static List<Frequency> mostFrequent(Map<String, Integer> times) {
        return times.entrySet().stream()
                .map(entry -> new Frequency(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(Frequency::times).reversed().thenComparing(Frequency::word))
                .limit(MOST_FREQUENT)
                .toList();
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** Counts what is read through it. */
    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            bytes += Math.max(0, read);
            return read;
        }
    }

    /** Counts lines and words, character by character. */
    private static final class Tally {
        private final Map<String, Integer> times = new HashMap<>();
        private final StringBuilder word = new StringBuilder();
        private long lines;
        private long words;
        private boolean inWord;

        void add(char[] buffer, int length) {
            for (int i = 0; i < length; i++) {
                add(buffer[i]);
            }
        }

        private void add(char next) {
            if (next == '\n') {
                lines++;
            }
            boolean begins = !inWord && !Character.isWhitespace(next);
            words += begins ? 1 : 0;
            inWord = !Character.isWhitespace(next);
            if (Character.isLetter(next) && word.length() < LONGEST_WORD) {
                word.append(next);
            } else {
                end();
            }
        }

        void end() {
            if (word.length() >= SHORTEST_WORD) {
                times.merge(word.toString().toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
            word.setLength(0);
        }
    }
}
