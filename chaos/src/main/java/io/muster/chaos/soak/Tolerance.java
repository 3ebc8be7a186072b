package io.muster.chaos.soak;

import java.util.Locale;

/**
 * How much more than before a figure may be: so many, and such a share of what it was.
 *
 * @param share 0.1 is a tenth
 */
record Tolerance(long amount, double share) {
    static final String HEAP = "heap";
    static final String BYTES = "bytes";
    private static final long MIB = 1 << 20;

    /** At the end, compared with the baseline. */
    static Tolerance atTheEnd(String figure) {
        return switch (figure) {
            case HEAP -> new Tolerance(4 * MIB, 0.15);
            case BYTES -> new Tolerance(MIB, 0.2);
            case "threads", "files", "connections" -> new Tolerance(12, 0);
            default -> new Tolerance(3, 0.05);
        };
    }

    /** Late in the run, compared with early in it, each at a rest of a few seconds: finished jobs are still there then. */
    static Tolerance underWay(String figure) {
        return switch (figure) {
            case HEAP -> new Tolerance(3 * MIB, 0.1);
            case BYTES -> new Tolerance(MIB, 0.3);
            case "threads", "files", "connections" -> new Tolerance(8, 0);
            default -> new Tolerance(60, 0.5);
        };
    }

    long most(long before) {
        return before + amount + (long) (before * share);
    }

    /** For people. */
    static String words(String figure, long value) {
        return figure.equals(HEAP) || figure.equals(BYTES)
                ? String.format(Locale.ROOT, "%.1f MiB", (double) value / MIB)
                : Long.toString(value);
    }
}
