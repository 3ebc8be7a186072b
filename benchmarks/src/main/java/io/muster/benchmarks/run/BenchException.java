package io.muster.benchmarks.run;

/** A measurement could not be made; the message says which and why. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }
}
