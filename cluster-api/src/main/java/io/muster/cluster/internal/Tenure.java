package io.muster.cluster.internal;

import io.muster.cluster.Term;
import io.muster.cluster.spi.Version;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A term that this process won. Thread-safe. */
final class Tenure implements Term {
    private final String group;
    private final long number;
    private final String identity;
    private final Version version;
    private final LiveSession session;
    private final CompletableFuture<@Nullable Void> givenUp = new CompletableFuture<>();
    private volatile boolean over;

    Tenure(String group, BoundKeys.Taken.Ours ours, String identity, LiveSession session) {
        this.group = group;
        this.number = ours.number();
        this.version = ours.version();
        this.identity = identity;
        this.session = session;
    }

    @Override
    public String group() {
        return group;
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public boolean isTrusted() {
        return !over && session.isTrusted();
    }

    Version version() {
        return version;
    }

    LiveSession session() {
        return session;
    }

    /** Done when the coordinator was told, or need not be. */
    CompletableFuture<@Nullable Void> givenUp() {
        return givenUp;
    }

    void end() {
        over = true;
    }

    @Override
    public String toString() {
        return "Term[" + group + ", " + number + ", " + session.node() + "]";
    }
}
