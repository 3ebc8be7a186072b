package io.muster.queue.memory;

import java.util.Map;

/**
 * How much a memory store may hold.
 *
 * @param maxJobs most jobs that still have to end; a push beyond it fails (Q2)
 */
public record MemoryOptions(int maxJobs) {
    public static final int DEFAULT_MAX_JOBS = 1000;
    /** The setting's name in properties and in the environment of entry points (C9). */
    public static final String MAX_JOBS_SETTING = "QUEUE_MEMORY_MAX_JOBS";

    public static final MemoryOptions DEFAULT = new MemoryOptions(DEFAULT_MAX_JOBS);

    public MemoryOptions {
        if (maxJobs < 1) {
            throw new IllegalArgumentException("maxJobs must be at least 1, not " + maxJobs);
        }
    }

    /**
     * From settings, of which only {@link #MAX_JOBS_SETTING} is read.
     *
     * @throws IllegalArgumentException it is not a whole number above 0
     */
    public static MemoryOptions from(Map<String, String> settings) {
        String text = settings.get(MAX_JOBS_SETTING);
        if (text == null) {
            return DEFAULT;
        }
        try {
            return new MemoryOptions(Integer.parseInt(text.strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    MAX_JOBS_SETTING + " must be a whole number above 0, not \"" + text + "\"", e);
        }
    }
}
