package io.muster.queue.encryption;

/** What was given does not fit a key that is known here. Its message shows neither keys nor plaintext. */
public final class DecryptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DecryptionException(String message) {
        super(message);
    }
}
