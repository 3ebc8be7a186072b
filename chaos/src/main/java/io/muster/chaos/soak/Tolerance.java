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
    /** Completed jobs of a queue are counted in up to eight rows. */
    private static final long LEAST = 8;

    /** A process that died leaves its last broadcasts for five minutes, at most so many keys and a few more, on servers without broadcasts. */
    private static final int KEYS_OF_THE_DEAD = 40;

    /** Lost sessions and processes are remembered for a time. */
    private static long remembered(String figure, int losses) {
        return (long) losses * (figure.equals("keys") || figure.equals("nodes") ? KEYS_OF_THE_DEAD : 1);
    }

    /** At the end, compared with the baseline; {@code losses} of sessions and processes since. */
    static Tolerance atTheEnd(String figure, int losses) {
        return switch (figure) {
            case HEAP -> new Tolerance(4 * MIB, 0.15);
            case BYTES -> new Tolerance(MIB, 0.2);
            case "threads", "files", "connections" -> new Tolerance(12, 0);
            default -> new Tolerance(LEAST + remembered(figure, losses), 0.05);
        };
    }

    /** Late in the run, compared with early in it, each at a rest of a few seconds: finished jobs are still there then. */
    static Tolerance underWay(String figure, int losses) {
        return switch (figure) {
            case HEAP -> new Tolerance(3 * MIB, 0.1);
            case BYTES -> new Tolerance(MIB, 0.3);
            // Of a young process the pools of threads are small yet.
            case "threads" -> new Tolerance(16, 0);
            case "files", "connections" -> new Tolerance(8, 0);
            default -> new Tolerance(60 + remembered(figure, losses), 0.5);
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
