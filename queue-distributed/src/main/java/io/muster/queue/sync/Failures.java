package io.muster.queue.sync;

import org.jspecify.annotations.Nullable;

/** What went wrong in one call: the first goes to the caller, with the others beside it. Owned by the calling thread. */
final class Failures {
    private @Nullable Throwable first;

    void add(Throwable failure) {
        Throwable known = first;
        if (known == null) {
            first = failure;
        } else if (!known.equals(failure)) {
            known.addSuppressed(failure);
        }
    }

    /** Throws the first, if there is one. */
    void rethrow() {
        Throwable known = first;
        if (known instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (known instanceof Error error) {
            throw error;
        }
    }
}
