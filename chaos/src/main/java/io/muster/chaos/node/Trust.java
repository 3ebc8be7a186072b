package io.muster.chaos.node;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Term;
import io.muster.queue.Queue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes part in an election of its own, beside that of the queue and on the same session, and writes down again and again that it trusts
 * its term: of the queue's own term only the queue can say so.
 */
final class Trust implements LeadershipListener {
    private static final String GROUP = "trust";
    private static final long LOOK_MILLIS = 50;

    private final Scribe scribe;
    private volatile @Nullable Term held;

    private Trust(Scribe scribe) {
        this.scribe = scribe;
    }

    /** From now on, until the queue's cluster is closed. */
    static void tell(Queue queue, Scribe scribe) {
        Trust trust = new Trust(scribe);
        queue.cluster().campaign(GROUP, trust);
        Watch.start("trust", LOOK_MILLIS, trust::look);
    }

    @Override
    public void gained(Term term) {
        held = term;
    }

    @Override
    public void lost(Term term) {
        held = null;
    }

    private void look() {
        // The process may stand still at any place: it trusted at some moment between this one and that of the
        // line.
        long since = System.nanoTime();
        Term term = held;
        if (term != null && term.isTrusted()) {
            scribe.write(Kind.TRUST, Map.of("term", Long.toString(term.number()), "since", Long.toString(since)));
        }
    }
}
