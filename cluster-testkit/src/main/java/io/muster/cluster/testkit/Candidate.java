package io.muster.cluster.testkit;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Leader;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Term;
import io.muster.cluster.testkit.linearizability.Ownership;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Campaigns in one group after the other, resigns at random and asks who leads. Used by one thread, listeners apart.
 *
 * <p>A term may end by itself: at the earliest, where the server promises a minimum session life, after the last moment at
 * which its leader trusted it, else at any time.
 */
final class Candidate {
    private static final Duration ROUND = Duration.ofSeconds(4);
    private static final Duration PACE = Duration.ofMillis(40);

    private final Cluster cluster;
    private final OwnershipHistory history;
    private final Random random;
    private final Map<Long, Reign> reigns = new ConcurrentHashMap<>();
    private final Set<Leader> seen = ConcurrentHashMap.newKeySet();
    private final long begun;
    private boolean over;

    Candidate(Cluster cluster, OwnershipHistory history, long seed) {
        this.cluster = cluster;
        this.history = history;
        this.random = new Random(seed);
        this.begun = history.now();
    }

    void run(DisturbedTraffic traffic) {
        while (traffic.goesOn()) {
            long round = traffic.round(ROUND);
            String group = "group-" + round;
            try (Candidacy candidacy = cluster.campaign(group, new Listener(history.now()))) {
                while (traffic.goesOn() && traffic.round(ROUND) == round) {
                    turn(group, candidacy);
                    traffic.pause(random, PACE);
                }
            }
        }
    }

    private void turn(String group, Candidacy candidacy) {
        reigns.values().forEach(Reign::probe);
        int choice = random.nextInt(10);
        if (choice < 5) {
            ask(group);
        } else if (choice == 5) {
            candidacy.resign();
        }
    }

    private void ask(String group) {
        long called = history.now();
        try {
            Optional<Leader> leader = cluster.leader(group);
            leader.ifPresent(seen::add);
            history.known(
                    group,
                    name(),
                    new Ownership.Seen(
                            leader.map(found -> new Ownership.Hold(found.node().name(), found.term()))),
                    called);
        } catch (ClusterException notAnswered) {
            history.failed();
        }
    }

    /** Who was seen to lead, by any node. */
    Set<Leader> seen() {
        return Set.copyOf(seen);
    }

    /**
     * Says when each term may have ended, and which may have been this node's without its listener being told, since trust
     * had run out before; once all candidates are done.
     */
    synchronized void end(Set<Leader> seenByAll) {
        over = true;
        boolean promised = cluster.capabilities().minimumSessionLife();
        reigns.values().forEach(reign -> {
            long from = promised ? reign.trustedAt.get() : reign.called;
            history.perhaps(reign.term.group(), name(), new Ownership.Ended(reign.term.number()), from);
        });
        for (Leader leader : seenByAll) {
            if (leader.node().name().equals(name()) && !reigns.containsKey(leader.term())) {
                history.perhaps(leader.group(), name(), new Ownership.Taken(name(), leader.term()), begun);
                history.perhaps(leader.group(), name(), new Ownership.Ended(leader.term()), begun);
            }
        }
    }

    private String name() {
        return cluster.options().nodeId();
    }

    /** A term that this node was told to have. */
    private final class Reign {
        private final Term term;
        private final long called;
        private final AtomicLong trustedAt;

        Reign(Term term, long called) {
            this.term = term;
            this.called = called;
            this.trustedAt = new AtomicLong(called);
        }

        void probe() {
            long now = history.now();
            if (term.isTrusted()) {
                trustedAt.accumulateAndGet(now, Math::max);
            }
        }
    }

    private final class Listener implements LeadershipListener {
        private final long campaigned;

        Listener(long campaigned) {
            this.campaigned = campaigned;
        }

        @Override
        public void gained(Term term) {
            synchronized (Candidate.this) {
                if (!over) {
                    history.known(term.group(), name(), new Ownership.Taken(name(), term.number()), campaigned);
                    reigns.put(term.number(), new Reign(term, campaigned));
                }
            }
        }

        @Override
        public void lost(Term term) {
            Optional.ofNullable(reigns.get(term.number())).ifPresent(Reign::probe);
        }
    }
}
