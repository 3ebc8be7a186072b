package io.muster.chaos.run;

/** A run could not be made; says nothing about what it was to test. */
public final class ChaosException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChaosException(String message) {
        super(message);
    }

    public ChaosException(String message, Throwable cause) {
        super(message, cause);
    }
}
