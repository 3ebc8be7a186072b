package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Leader;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.NodeId;
import io.muster.cluster.Term;
import io.muster.cluster.testkit.LeadershipRecorder.Story;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One leader per group and term, and terms that only grow. */
public interface ElectionContract extends Contract {
    @Test
    @Tag("C4")
    default void exactlyOneOfManyCandidatesLeadsAndAllKnowWho(Bench bench) {
        Story story = new Story();
        List<Candidate> candidates = candidates(bench, Bench.count(3, 20), story);

        Candidate leading = awaitLeader(bench, candidates);

        Leader leader = leading.cluster.leader("g").orElseThrow();
        assertThat(leader.node()).isEqualTo(leading.cluster.self());
        assertThat(leader.group()).isEqualTo("g");
        Term term = leading.recorder.term().orElseThrow();
        assertThat(leader.term()).isEqualTo(term.number());
        assertThat(term.group()).isEqualTo("g");
        assertThat(term.identity()).isEqualTo(bench.backend().identity(bench.soon()));
        assertThat(leading.candidacy.term()).contains(term);
        for (Candidate candidate : candidates) {
            assertThat(candidate.cluster.leader("g")).contains(leader);
            assertThat(candidate.candidacy.term().isPresent()).isEqualTo(candidate.equals(leading));
        }
        assertThat(story.events()).containsExactly(leading.name() + " gained");
    }

    @Test
    @Tag("C4")
    default void whoResignsStopsFirstAndAnotherLeadsAtOnceInALaterTerm(Bench bench) {
        Story story = new Story();
        List<Candidate> candidates = candidates(bench, 2, story);
        Candidate leading = awaitLeader(bench, candidates);
        Candidate other = candidates.get(1 - candidates.indexOf(leading));
        Term term = leading.recorder.term().orElseThrow();

        leading.candidacy.resign();

        assertThat(leading.candidacy.term()).isEmpty();
        assertThat(term.isTrusted()).isFalse();
        bench.atOnce().until(other.recorder::leads);
        bench.promptly().until(() -> !leading.recorder.leads());
        assertThat(other.recorder.term().orElseThrow().number()).isGreaterThan(term.number());
        assertThat(story.overlaps()).isEmpty();
    }

    @Test
    @Tag("C4")
    default void termsGrowWithEveryResignation(Bench bench) {
        Story story = new Story();
        List<Candidate> candidates = candidates(bench, 3, story);
        Term last = awaitLeader(bench, candidates).recorder.term().orElseThrow();

        for (int round = 0; round < Bench.count(3, 30); round++) {
            awaitLeader(bench, candidates).candidacy.resign();
            Term next = awaitLeader(bench, candidates).recorder.term().orElseThrow();

            assertThat(next.number()).isGreaterThan(last.number());
            assertThat(last.isTrusted()).isFalse();
            last = next;
        }

        candidates.forEach(candidate -> assertThat(candidate.recorder.errors()).isEmpty());
        assertThat(story.overlaps()).isEmpty();
    }

    @Test
    @Tag("C4")
    default void resigningWithoutLeadingDoesNothing(Bench bench) {
        List<Candidate> candidates = candidates(bench, 2, new Story());
        Candidate leading = awaitLeader(bench, candidates);
        Candidate other = candidates.get(1 - candidates.indexOf(leading));

        other.candidacy.resign();

        assertThat(leading.candidacy.term()).isPresent();
        assertThat(other.cluster.leader("g").map(Leader::node)).contains(leading.cluster.self());
    }

    @Test
    @Tag("C4")
    default void theOnlyCandidateLeadsAgainAfterResigning(Bench bench) {
        Candidate only = candidates(bench, 1, new Story()).get(0);
        bench.promptly().until(only.recorder::leads);

        only.candidacy.resign();

        bench.promptly().until(() -> only.recorder.terms().size() == 2 && only.recorder.leads());
        assertThat(only.recorder.errors()).isEmpty();
    }

    @Test
    @Tag("C4")
    default void whoClosesTheCandidacyCampaignsNoMore(Bench bench) {
        Story story = new Story();
        List<Candidate> candidates = candidates(bench, 2, story);
        Candidate leading = awaitLeader(bench, candidates);
        Candidate other = candidates.get(1 - candidates.indexOf(leading));

        leading.candidacy.close();
        leading.candidacy.close();
        bench.atOnce().until(other.recorder::leads);
        other.candidacy.close();

        assertThat(other.cluster.leader("g")).isEmpty();
        bench.promptly().until(() -> story.events().size() == 4);
        assertThat(story.events())
                .containsSubsequence(leading.name() + " gained", leading.name() + " lost")
                .containsSubsequence(other.name() + " gained", other.name() + " lost");
        assertThat(story.overlaps()).isEmpty();
        Candidate again = candidate(bench, leading.cluster, story);
        bench.promptly().until(again.recorder::leads);
    }

    @Test
    @Tag("C4")
    default void aLeaderThatClosesHandsOverAtOnce(Bench bench) {
        List<Candidate> candidates = candidates(bench, 2, new Story());
        Candidate leading = awaitLeader(bench, candidates);
        Candidate other = candidates.get(1 - candidates.indexOf(leading));

        leading.cluster.close();

        assertThat(leading.recorder.leads()).isFalse();
        bench.atOnce().until(other.recorder::leads);
    }

    @Test
    @Tag("C4")
    default void observersAreToldThePresentLeaderFirstAndThenEveryChange(Bench bench) {
        Cluster observer = bench.cluster("observer");
        List<Optional<Leader>> seen = new CopyOnWriteArrayList<>();
        bench.atEnd(observer.onLeader("g", seen::add)::close);
        bench.promptly().until(() -> seen.equals(List.of(Optional.empty())));

        Candidate only = candidates(bench, 1, new Story()).get(0);
        bench.promptly().until(() -> seen.size() == 2);
        assertThat(seen.get(1).map(Leader::node)).contains(only.cluster.self());
        List<Optional<Leader>> late = new CopyOnWriteArrayList<>();
        bench.atEnd(observer.onLeader("g", late::add)::close);
        bench.promptly().until(() -> !late.isEmpty());
        assertThat(late.get(0)).isEqualTo(seen.get(1));

        only.candidacy.close();
        bench.promptly().until(() -> seen.get(seen.size() - 1).isEmpty());
    }

    @Test
    @Tag("C4")
    @Tag("C10")
    default void groupsElectIndependently(Bench bench) {
        Cluster cluster = bench.cluster("a");
        Story story = new Story();
        List<LeadershipRecorder> recorders = new ArrayList<>();
        for (String group : List.of("mail", "späße/%", "x".repeat(60))) {
            LeadershipRecorder recorder = new LeadershipRecorder(group, story);
            recorders.add(recorder);
            Candidacy candidacy = cluster.campaign(group, recorder);
            bench.atEnd(candidacy::close);
        }

        bench.promptly().until(() -> recorders.stream().allMatch(LeadershipRecorder::leads));

        assertThat(recorders)
                .extracting(recorder -> recorder.term().orElseThrow().number())
                .doesNotHaveDuplicates();
        assertThat(cluster.leader("nobody")).isEmpty();
        assertThatThrownBy(() -> cluster.campaign("mail", recorders.get(0))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Tag("C4")
    default void aLeaderWhoseListenerFailsOnGainingResigns(Bench bench) {
        Cluster failing = bench.cluster("failing");
        Candidacy candidacy = failing.campaign("g", new LeadershipListener() {
            @Override
            public void gained(Term term) {
                throw new IllegalStateException("fails on purpose");
            }

            @Override
            public void lost(Term term) {}
        });
        bench.atEnd(candidacy::close);

        Candidate other = candidate(bench, bench.cluster("other"), new Story());

        bench.promptly().until(other.recorder::leads);
        assertThat(candidacy.term()).isEmpty();
    }

    @Test
    @Tag("C4")
    default void aListenerThatBlocksCostsNeitherSessionNorTerm(Bench bench) {
        Cluster cluster = bench.cluster("a");
        NodeId before = cluster.self();
        CountDownLatch release = new CountDownLatch(1);
        bench.atEnd(release::countDown);
        AtomicInteger gained = new AtomicInteger();
        Candidacy candidacy = cluster.campaign("g", new LeadershipListener() {
            @Override
            public void gained(Term term) {
                gained.incrementAndGet();
                awaitUninterrupted(release);
            }

            @Override
            public void lost(Term term) {}
        });
        bench.atEnd(candidacy::close);
        bench.promptly().until(() -> gained.get() == 1);
        Term term = candidacy.term().orElseThrow();

        long begun = bench.timeline().ticker().nanos();
        Duration twice = cluster.session().effectiveTtl().multipliedBy(2);
        bench.waiting(twice.multipliedBy(3)).until(() -> {
            assertThat(term.isTrusted()).isTrue();
            return bench.timeline().ticker().nanos() - begun > twice.toNanos();
        });
        release.countDown();

        assertThat(cluster.self()).isEqualTo(before);
        assertThat(cluster.leader("g").map(Leader::term)).contains(term.number());
    }

    @Test
    @Tag("C4")
    default void aLeaderThatIsCutOffStopsByItselfAndItsSuccessorHasALaterTerm(Bench bench) {
        Story story = new Story();
        Candidate victim = candidate(bench, bench.clusterThroughProxy("victim"), story);
        bench.promptly().until(victim.recorder::leads);
        Candidate other = candidate(bench, bench.cluster("other"), story);
        Term old = victim.recorder.term().orElseThrow();
        NodeId before = victim.cluster.self();

        bench.faults().cut();
        bench.untilExpiry().until(other.recorder::leads);
        boolean stillTrusted = old.isTrusted();
        bench.untilExpiry().until(() -> !victim.recorder.leads());
        bench.faults().heal();
        bench.untilRecovery().until(() -> victim.cluster.session().isActive());

        Term next = other.recorder.term().orElseThrow();
        assertThat(next.number()).isGreaterThan(old.number());
        assertThat(next.identity()).isEqualTo(old.identity());
        assertThat(old.isTrusted()).isFalse();
        assertThat(victim.cluster.self()).isNotEqualTo(before);
        if (bench.backend().capabilities().minimumSessionLife()) {
            assertThat(stillTrusted).isFalse();
            assertThat(story.overlaps()).isEmpty();
            assertThat(story.events()).containsSubsequence("victim gained", "victim suspended", "victim lost");
        }
        other.candidacy.close();
        bench.promptly().until(victim.recorder::leads);
        assertThat(victim.recorder.term().orElseThrow().number()).isGreaterThan(next.number());
        assertThat(victim.recorder.errors()).isEmpty();
    }

    @Test
    @Tag("C4")
    default void aBrokenConnectionAloneChangesNoTerm(Bench bench) {
        Story story = new Story();
        Candidate victim = candidate(bench, bench.patientClusterThroughProxy("victim"), story);
        bench.promptly().until(victim.recorder::leads);
        Candidate other = candidate(bench, bench.cluster("other"), story);
        Term term = victim.recorder.term().orElseThrow();

        bench.faults().cut();
        bench.faults().heal();
        bench.untilRecovery()
                .ignoreExceptionsInstanceOf(ClusterException.class)
                .until(() -> victim.cluster.leader("g").isPresent());
        bench.untilRecovery().until(() -> victim.cluster.session().isActive());

        assertThat(victim.recorder.term()).contains(term);
        assertThat(term.isTrusted()).isTrue();
        assertThat(other.cluster.leader("g").map(Leader::term)).contains(term.number());
        assertThat(other.recorder.terms()).isEmpty();
    }

    @Test
    @Tag("C4")
    default void thereIsOneLeaderAfterARestartOfTheServer(Bench bench) {
        List<Candidate> candidates = candidates(bench, 3, new Story());
        Term before = awaitLeader(bench, candidates).recorder.term().orElseThrow();

        bench.faults().restartServer();
        bench.awaitAnswerOf(bench.backend());

        Cluster observer = bench.cluster("observer");
        bench.untilRecovery().ignoreExceptionsInstanceOf(ClusterException.class).until(() -> {
            List<Candidate> leading = candidates.stream()
                    .filter(candidate -> candidate.recorder.leads())
                    .toList();
            Optional<Leader> leader = observer.leader("g");
            return leading.size() == 1
                    && leader.map(Leader::node)
                            .equals(Optional.of(leading.get(0).cluster.self()))
                    && leader.orElseThrow().term() >= before.number();
        });
        candidates.forEach(candidate -> assertThat(candidate.recorder.errors()).isEmpty());
    }

    @Test
    @Tag("C4")
    default void rapidComingAndGoingLeavesNothingBehind(Bench bench) {
        List<Cluster> clusters = List.of(bench.cluster("a"), bench.cluster("b"));
        Story story = new Story();
        List<LeadershipRecorder> recorders =
                List.of(new LeadershipRecorder("a", story), new LeadershipRecorder("b", story));

        for (int i = 0; i < Bench.count(10, 100); i++) {
            try (Candidacy first = clusters.get(0).campaign("g", recorders.get(0));
                    Candidacy second = clusters.get(1).campaign("g", recorders.get(1))) {
                if (i % 3 == 0) {
                    bench.promptly()
                            .until(() ->
                                    first.term().isPresent() || second.term().isPresent());
                }
            }
        }

        bench.promptly().until(() -> clusters.get(0).leader("g").isEmpty());
        recorders.forEach(recorder -> assertThat(recorder.errors()).isEmpty());
        bench.promptly().until(() -> recorders.stream().noneMatch(LeadershipRecorder::leads));
        Candidate last = candidate(bench, bench.cluster("c"), story);
        bench.promptly().until(last.recorder::leads);
    }

    /** A node that campaigns in group g. */
    record Candidate(Cluster cluster, LeadershipRecorder recorder, Candidacy candidacy) {
        private String name() {
            return recorder.node();
        }
    }

    private static List<Candidate> candidates(Bench bench, int count, Story story) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            candidates.add(candidate(bench, bench.cluster("n" + i), story));
        }
        return candidates;
    }

    private static Candidate candidate(Bench bench, Cluster cluster, Story story) {
        LeadershipRecorder recorder = new LeadershipRecorder(cluster.self().name(), story);
        Candidacy candidacy = cluster.campaign("g", recorder);
        bench.atEnd(candidacy::close);
        return new Candidate(cluster, recorder, candidacy);
    }

    /** One who leads, and was told so, while all others have been told that they do not. */
    private static Candidate awaitLeader(Bench bench, List<Candidate> candidates) {
        bench.promptly()
                .until(() -> told(candidates).size() == 1
                        && told(candidates).get(0).candidacy.term().isPresent());
        return told(candidates).get(0);
    }

    private static List<Candidate> told(List<Candidate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.recorder.leads())
                .toList();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}
