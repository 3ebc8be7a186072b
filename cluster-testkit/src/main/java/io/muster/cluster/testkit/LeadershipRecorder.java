package io.muster.cluster.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what becomes of one candidacy, and whether it was told in the promised order. What several candidates were told is
 * put into one order by a {@link Story}. Thread-safe.
 */
public final class LeadershipRecorder implements LeadershipListener {
    private final String node;
    private final Story story;

    @GuardedBy("this")
    private final List<String> errors = new ArrayList<>();

    @GuardedBy("this")
    private final List<Term> terms = new ArrayList<>();

    @GuardedBy("this")
    private @Nullable Term present;

    @GuardedBy("this")
    private boolean suspended;

    public LeadershipRecorder(String node, Story story) {
        this.node = node;
        this.story = story;
    }

    @Override
    public synchronized void gained(Term term) {
        if (present != null) {
            errors.add("gained " + term.number() + " during " + present.number());
        }
        if (!terms.isEmpty() && terms.get(terms.size() - 1).number() >= term.number()) {
            errors.add("term " + term.number() + " does not grow");
        }
        present = term;
        suspended = false;
        terms.add(term);
        story.gained(node, term);
    }

    @Override
    public synchronized void suspended(Term term) {
        expectPresent("suspended", term);
        if (suspended) {
            errors.add("suspended twice");
        }
        suspended = true;
        story.add(node + " suspended");
    }

    @Override
    public synchronized void resumed(Term term) {
        expectPresent("resumed", term);
        if (!suspended) {
            errors.add("resumed without having been suspended");
        }
        suspended = false;
        story.add(node + " resumed");
    }

    @Override
    public synchronized void lost(Term term) {
        expectPresent("lost", term);
        present = null;
        if (term.isTrusted()) {
            errors.add("a lost term is still trusted");
        }
        story.add(node + " lost");
    }

    public String node() {
        return node;
    }

    /** Whether the listener was told to lead, and not yet that it is over. */
    public synchronized boolean leads() {
        return present != null;
    }

    /** The term it leads. */
    public synchronized Optional<Term> term() {
        return Optional.ofNullable(present);
    }

    /** All terms gained, in order. */
    public synchronized List<Term> terms() {
        return List.copyOf(terms);
    }

    /** What broke the contract. */
    public synchronized List<String> errors() {
        return List.copyOf(errors);
    }

    @GuardedBy("this")
    private void expectPresent(String call, Term term) {
        if (!term.equals(present)) {
            errors.add(call + " of a term that is not present");
        }
    }

    /** What happened to all candidates, in one order. Thread-safe. */
    public static final class Story {
        @GuardedBy("this")
        private final List<String> events = new ArrayList<>();

        @GuardedBy("this")
        private final List<Term> terms = new ArrayList<>();

        @GuardedBy("this")
        private final List<String> overlaps = new ArrayList<>();

        synchronized void gained(String node, Term term) {
            for (Term earlier : terms) {
                if (earlier.isTrusted()) {
                    overlaps.add(node + " gained " + term + " while " + earlier + " was trusted");
                }
            }
            terms.add(term);
            events.add(node + " gained");
        }

        synchronized void add(String event) {
            events.add(event);
        }

        /** Terms that were gained while another was still trusted by its leader. */
        public synchronized List<String> overlaps() {
            return List.copyOf(overlaps);
        }

        public synchronized List<String> events() {
            return List.copyOf(events);
        }
    }
}
