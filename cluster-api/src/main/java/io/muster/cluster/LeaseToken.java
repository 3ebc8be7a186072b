package io.muster.cluster;

/**
 * Proves ownership of a lease to whoever has it: a secret.
 *
 * @param text printable ASCII, at most 512 characters; the same on every node
 */
public record LeaseToken(String text) {
    public LeaseToken {
        if (text.isEmpty() || text.length() > 512) {
            throw new IllegalArgumentException("Not a lease token");
        }
    }

    /** Shows nothing of the secret. */
    @Override
    public String toString() {
        return "LeaseToken[***]";
    }
}
