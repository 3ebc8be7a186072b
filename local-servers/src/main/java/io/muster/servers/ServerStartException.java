package io.muster.servers;

import java.util.Locale;

/** A server that is there did not start or did not become ready in time; the message ends with its last output. */
public final class ServerStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ServerKind kind;

    private final String lastWords;

    ServerStartException(ServerKind kind, String why, String lastWords) {
        super(kind.id() + " " + why + (lastWords.isEmpty() ? "" : "; its last words:\n" + lastWords));
        this.kind = kind;
        this.lastWords = lastWords;
    }

    public ServerKind kind() {
        return kind;
    }

    /** Redis, the Go servers and Java all pass on the system's "Address already in use". */
    boolean isPortTaken() {
        return lastWords.toLowerCase(Locale.ROOT).contains("already in use");
    }
}
