package io.muster.cluster.recipes;

import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Term;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a candidacy is told. */
final class LeadershipLog implements LeadershipListener {
    final List<String> events = new ArrayList<>();
    final List<Term> terms = new ArrayList<>();
    boolean failing;

    @Override
    public void gained(Term term) {
        events.add("gained " + term.number());
        terms.add(term);
        if (failing) {
            throw new IllegalStateException("cannot lead");
        }
    }

    @Override
    public void suspended(Term term) {
        events.add("suspended " + term.number());
    }

    @Override
    public void resumed(Term term) {
        events.add("resumed " + term.number());
    }

    @Override
    public void lost(Term term) {
        events.add("lost " + term.number());
    }

    Term last() {
        return terms.get(terms.size() - 1);
    }

    boolean leads() {
        return !terms.isEmpty() && last().isTrusted();
    }
}
