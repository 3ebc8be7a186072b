package io.muster.cluster.spi;

import java.nio.charset.StandardCharsets;

/**
 * Name of an entry: a directory and a name in it. A directory is one or more segments joined by {@code /}; segments and
 * names consist of {@code A-Z a-z 0-9 . _ ~ - @ %} and are at most 250 characters. Use {@link #segment} for foreign text.
 *
 * <p>A name that begins with {@code @} is <em>once</em>: whoever creates it promises that it is not created again within an
 * hour of its deletion (job ids, incarnations). Backends may compare the version of such an entry more cheaply.
 *
 * @param directory path of the directory
 * @param name the entry's own name
 */
public record Key(String directory, String name) implements Comparable<Key> {
    private static final int MOST_CHARACTERS = 250;
    private static final String OTHERS = "-@._~%";

    public Key {
        checkDirectory(directory);
        checkSegment(name);
    }

    /** The key of a name that is never reused, see the class comment. {@code id} must be plain. */
    public static Key once(String directory, String id) {
        return new Key(directory, "@" + id);
    }

    /** Any text as one segment: percent-encoded UTF-8, reversible. {@code .} and {@code ..} alone are encoded too. */
    public static String segment(String text) {
        boolean dots = text.equals(".") || text.equals("..");
        if (!dots && isPlain(text)) {
            return text;
        }
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (isPlain(c) && !(dots && c == '.')) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        if (encoded.isEmpty() || encoded.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("A name needs 1 to " + MOST_CHARACTERS
                    + " characters once percent-encoded, this one has " + encoded.length());
        }
        return encoded.toString();
    }

    /** Whether {@link #segment} has nothing to encode: most names, and each job has several. */
    private static boolean isPlain(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return length > 0 && length <= MOST_CHARACTERS;
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    /** The text that {@link #segment} encoded. Of any other text, a percent sign that is followed by no two hexadecimal digits stays as it is. */
    public static String text(String segment) {
        byte[] octets = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int octet = c == '%' && i + 2 < segment.length()
                    ? Character.digit(segment.charAt(i + 1), 16) * 16 + Character.digit(segment.charAt(i + 2), 16)
                    : -1;
            if (octet >= 0 && Character.digit(segment.charAt(i + 2), 16) >= 0) {
                octets[length++] = (byte) octet;
                i += 2;
            } else {
                octets[length++] = (byte) c;
            }
        }
        return new String(octets, 0, length, StandardCharsets.UTF_8);
    }

    /** Throws if {@code directory} is not a number of plain segments joined by slashes. */
    public static void checkDirectory(String directory) {
        int begin = 0;
        for (int slash = directory.indexOf('/'); slash >= 0; slash = directory.indexOf('/', begin)) {
            checkSegment(directory.substring(begin, slash));
            begin = slash + 1;
        }
        checkSegment(begin == 0 ? directory : directory.substring(begin));
    }

    /** Whether the name is never created again once deleted. */
    public boolean isOnce() {
        return name.charAt(0) == '@';
    }

    /** Directory and name joined by a slash. */
    public String path() {
        return directory + "/" + name;
    }

    @Override
    public int compareTo(Key other) {
        return path().compareTo(other.path());
    }

    @Override
    public String toString() {
        return path();
    }

    /** Whether a key may be named so: for names that a server lists, which others may have written. */
    // By hand: a key is made of every name that a list or a watch brings.
    public static boolean isSegment(String segment) {
        boolean allowed = !segment.isEmpty()
                && segment.length() <= MOST_CHARACTERS
                && !segment.equals(".")
                && !segment.equals("..");
        for (int i = 0; allowed && i < segment.length(); i++) {
            char c = segment.charAt(i);
            allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || OTHERS.indexOf(c) >= 0;
        }
        return allowed;
    }

    private static void checkSegment(String segment) {
        if (!isSegment(segment)) {
            throw new IllegalArgumentException("Not a key segment: \"" + segment + "\"; encode it with Key.segment");
        }
    }
}
