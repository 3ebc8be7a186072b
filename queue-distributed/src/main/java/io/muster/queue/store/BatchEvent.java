package io.muster.queue.store;

import java.util.Locale;

/** What happens to a batch and may have a callback. All but {@link #PROGRESS} happen at most once to a batch. W2 */
public enum BatchEvent {
    /** It is created, and no job was added yet. */
    BEFORE,
    /** One more of its jobs has ended well. */
    PROGRESS,
    /** All of its jobs have ended well. */
    THEN,
    /** The first of its jobs has failed. */
    CATCH,
    /** Nothing is left to run, for the first time. */
    FINALLY;

    /** In small letters: how it appears in ids of callbacks and in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
