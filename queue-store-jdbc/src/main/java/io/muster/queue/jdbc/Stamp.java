package io.muster.queue.jdbc;

/**
 * A moment of the database and numbers that nobody else got: above those of all stamps taken earlier.
 *
 * @param now microseconds since 1970
 * @param number from the database's sequence
 */
record Stamp(long now, long number) {
    /** How many numbers a stamp has. */
    static final int NUMBERS = 1024;

    /** The stamp's own number for the {@code index}-th thing, from 0 to below {@link #NUMBERS}. */
    long number(int index) {
        if (index < 0 || index >= NUMBERS) {
            throw new IllegalArgumentException("A stamp has " + NUMBERS + " numbers, none at " + index);
        }
        return number * NUMBERS + index;
    }
}
