package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Handing ready jobs to nodes, and taking them back before they are taken. */
public abstract class AssignContract extends StoreContract {
    @Test
    @Tag("Q6")
    void jobsAreAssignedByPriorityThenInTheOrderOfTheirPushes() {
        push(job("low").withPriority(-5), job("first"), job("urgent").withPriority(10));
        push("second");
        push(job("soon").withPriority(1));
        admit("n1");

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            order.addAll(ids(run("n1", 1)));
        }

        assertThat(order).containsExactly("urgent", "soon", "first", "second", "low");
    }

    @Test
    @Tag("Q6")
    void theWholeRangeOfPrioritiesIsKept() {
        push(job("least").withPriority(-1000), job("none"), job("most").withPriority(1000));
        admit("n1");

        assertThat(ids(run("n1", 3))).containsExactly("most", "none", "least");
    }

    @Test
    @Tag("K1")
    void aPoolIsFilledUpToItsLimitCountingWhatItHolds() {
        pushMany(10);
        admit("n1");

        assertThat(assign("n1", 4)).isEqualTo(4);
        assertThat(assign("n1", 4)).isZero();
        assertThat(take("n1", 3)).hasSize(3);
        assertThat(assign("n1", 6)).isEqualTo(2);
        assertThat(held("n1")).isEqualTo(6);
        assertThat(assign("n1", 1)).isZero();
    }

    /** Else a leader would take its queue for empty, and sleep. */
    @Test
    @Tag("K1")
    void aFullPoolDoesNotHideWhatWaitsForIt() {
        pushMany(10);
        admit("n1");
        assign("n1", 4);

        AssignReport report = store.leader().assign(FENCE, List.of(grant("n1", 4)));

        assertThat(report.total()).isZero();
        assertThat(report.ready().get(QUEUE)).isBetween(1, 6);
    }

    @Test
    @Tag("K1")
    void eachPoolOfANodeHasItsOwnLimit() {
        pushMany(10);
        admit("n1");

        AssignReport report = store.leader()
                .assign(
                        FENCE,
                        List.of(
                                new Grant("n1", "a", List.of(QUEUE), Set.of(), 2),
                                new Grant("n1", "b", List.of(QUEUE), Set.of(), 3)));

        assertThat(report.assigned()).containsExactly(2, 3);
        assertThat(take("n1", 10)).isEmpty();
        assertThat(held("n1")).isEqualTo(5);
    }

    @Test
    @Tag("K1")
    void grantsAreServedInTheirOrderAndAnsweredInIt() {
        pushMany(5);
        admit("n1", "n2", "n3");

        AssignReport report = store.leader().assign(FENCE, List.of(grant("n2", 3), grant("n1", 3), grant("n3", 3)));

        assertThat(report.assigned()).containsExactly(3, 2, 0);
        assertThat(report.total()).isEqualTo(5);
        assertThat(ids(take("n2", 3))).containsExactly("job-0", "job-1", "job-2");
        assertThat(ids(take("n1", 3))).containsExactly("job-3", "job-4");
    }

    @Test
    @Tag("Q6")
    void aLaterQueueIsUsedOnlyWhenTheEarlierOnesHaveNothing() {
        push(jobOn("low-1", "low"), jobOn("low-2", "low"), jobOn("high-1", "high"), jobOn("high-2", "high"));
        admit("n1");

        assign(grant("n1", 3, "high", "low"));

        assertThat(ids(take("n1", 3))).containsExactly("high-1", "high-2", "low-1");
    }

    @Test
    @Tag("Q1")
    void onlyQueuesOfTheGrantAreServed() {
        push(jobOn("a", "other"));
        admit("n1");

        assertThat(assign(grant("n1", 5, QUEUE, "third"))).isZero();
        assertThat(state("a")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("Q1")
    @Tag("Q6")
    void queuesAreFoundInTheOrderOfTheGrantAmongManyThatHaveJobs() {
        List<NewJob> jobs = new ArrayList<>();
        IntStream.range(0, 90).forEach(number -> jobs.add(jobOn("foreign-" + number, "foreign-" + number)));
        jobs.addAll(
                List.of(jobOn("low", "q\u0001\u0002 low"), jobOn("high", "q\u0001\u0001 high"), jobOn("mid", "mid")));
        jobs.forEach(this::push);
        admit("n1", "n2");

        assertThat(assign(grant("n1", 2, "none", "q\u0001\u0001 high", "mid", "q\u0001\u0002 low")))
                .isEqualTo(2);

        assertThat(ids(take("n1", 3))).containsExactly("high", "mid");
        List<String> all = IntStream.range(0, 90)
                .mapToObj(number -> "foreign-" + (89 - number))
                .toList();
        assertThat(assign(grant("n2", 90, all.toArray(String[]::new)))).isEqualTo(90);
        assertThat(ids(take("n2", 90))).containsExactlyElementsOf(all);
    }

    @Test
    @Tag("J1")
    void jobsOfOtherTypesAreSkippedHoweverManyStandBefore() {
        IntStream.range(0, 300).forEach(i -> push(jobOfType("foreign-" + i, "foreign-" + i % 3)));
        push(jobOfType("mine", "mine"));
        admit("n1");

        int assigned = assign(new Grant("n1", POOL, List.of(QUEUE), Set.of("mine", "absent"), 10));

        assertThat(assigned).isEqualTo(1);
        assertThat(ids(take("n1", 10))).containsExactly("mine");
        assertThat(state("foreign-0")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("J1")
    void severalTypesAreServedInTheOrderOfPushes() {
        push(jobOfType("1", "b"), jobOfType("2", "x"), jobOfType("3", "a"), jobOfType("4", "b"));
        admit("n1");

        assign(new Grant("n1", POOL, List.of(QUEUE), Set.of("a", "b"), 10));

        assertThat(ids(take("n1", 10))).containsExactly("1", "3", "4");
    }

    @Test
    @Tag("C1")
    void grantsToUnknownLeavingOrBuriedIncarnationsAssignNothing() {
        pushMany(3);
        admit("living", "leaving", "buried");
        assign("leaving", 1);
        take("leaving", 1);
        store.nodes().leave("leaving");
        bury("buried");

        AssignReport report = store.leader()
                .assign(
                        FENCE,
                        List.of(grant("unknown", 5), grant("leaving", 5), grant("buried", 5), grant("living", 1)));

        assertThat(report.assigned()).containsExactly(0, 0, 0, 1);
    }

    @Test
    @Tag("Q5")
    void aPausedQueueIsNotHandedOutUntilItIsResumed() {
        push("a");
        admit("n1");
        store.intake().pause(QUEUE, "operator");
        store.intake().pause(QUEUE, "operator");
        push(job("b"), jobOn("c", "other"));

        assertThat(assign(grant("n1", 5, QUEUE, "other"))).isEqualTo(1);
        assertThat(ids(take("n1", 5))).containsExactly("c");

        environment.openStore().intake().resume(QUEUE);
        store.intake().resume(QUEUE);

        assertThat(ids(run("n1", 5))).containsExactly("a", "b");
    }

    @Test
    @Tag("Q5")
    void whatIsAssignedWhenItsQueueIsPausedIsStillTaken() {
        push("a");
        admit("n1");
        assign("n1", 1);

        store.intake().pause(QUEUE, "operator");

        assertThat(ids(take("n1", 1))).containsExactly("a");
    }

    @Test
    @Tag("K1")
    void theReportSaysHowManyAreLeftOrLess() {
        pushMany(10);
        admit("n1");

        AssignReport report = store.leader().assign(FENCE, List.of(grant("n1", 4, QUEUE, "other")));

        assertThat(report.ready()).containsOnlyKeys(QUEUE, "other").containsEntry("other", 0);
        assertThat(report.ready().get(QUEUE)).isBetween(1, 6);
    }

    @Test
    @Tag("K1")
    void revokeTakesBackTheNewestThatAreNotTakenAndKeepsTheirPlaces() {
        pushMany(6);
        admit("n1", "n2");
        assign("n1", 5);
        take("n1", 1);

        assertThat(store.leader().revoke(FENCE, "n1", POOL, 2)).isEqualTo(2);

        assertThat(state("job-0")).isEqualTo(JobState.RUNNING);
        assertThat(state("job-2")).isEqualTo(JobState.ASSIGNED);
        assertThat(state("job-4")).isEqualTo(JobState.READY);
        assertThat(ids(run("n2", 3))).containsExactly("job-3", "job-4", "job-5");
        assertThat(ids(take("n1", 5))).containsExactly("job-1", "job-2");
    }

    @Test
    @Tag("K1")
    void revokeTakesBackNoMoreThanThereIs() {
        pushMany(2);
        admit("n1");
        assign("n1", 2);

        assertThat(store.leader().revoke(FENCE, "n1", "other pool", 5)).isZero();
        assertThat(store.leader().revoke(FENCE, "unknown", POOL, 5)).isZero();
        assertThat(store.leader().revoke(FENCE, "n1", POOL, 5)).isEqualTo(2);
        assertThat(store.leader().revoke(FENCE, "n1", POOL, 5)).isZero();
        assertThat(take("n1", 5)).isEmpty();
    }

    @Test
    @Tag("K1")
    void twoAssignmentsAtOnceNeverGiveOneJobTwice() {
        List<JobStore> handles = List.of(store, environment.openStore());
        pushMany(200);
        admit("n0", "n1", "n2", "n3");

        List<Integer> assigned = Together.run(4, i -> handles.get(i % 2)
                .leader()
                .assign(FENCE, List.of(grant("n" + i, 60)))
                .total());

        assertThat(assigned.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.addAll(ids(take("n" + i, 60)));
        }
        assertThat(taken).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    @Tag("C7")
    void aNodeReservesForItselfByTheSameRules() {
        push(job("a"), jobOn("b", "other"), jobOfType("c", "foreign"));
        admit("n1");

        AssignReport report = store.nodes()
                .reserve(new Grant("n1", POOL, List.of(QUEUE, "other"), Set.of(TYPE), 5), environment.now());

        assertThat(report.assigned()).containsExactly(2);
        assertThat(ids(take("n1", 5))).containsExactly("a", "b");
        store.intake().pause(QUEUE, "operator");
        push("d");
        assertThat(store.nodes().reserve(grant("n1", 5), environment.now()).total())
                .isZero();
    }

    @Test
    @Tag("C7")
    void onlyAnAdmittedIncarnationReserves() {
        push("a");
        admit("buried", "leaving");
        bury("buried");
        Attempt running = runOne("leaving");
        store.nodes().leave("leaving");

        for (String refused : List.of("unknown", "buried", "leaving")) {
            assertThatThrownBy(() -> store.nodes().reserve(grant(refused, 5), environment.now()))
                    .isInstanceOf(IncarnationBuriedException.class)
                    .hasMessageContaining(refused);
        }
        assertThat(running.token().incarnation()).isEqualTo("leaving");
    }

    @Test
    @Tag("C7")
    void nodesThatReserveAtOnceNeverGetOneJobTwice() {
        List<JobStore> handles = List.of(store, environment.openStore());
        pushMany(100);
        admit("n0", "n1", "n2", "n3");

        List<Integer> reserved = Together.run(4, i -> handles.get(i % 2)
                .nodes()
                .reserve(grant("n" + i, 40), environment.now())
                .total());

        assertThat(reserved.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
    }

    @Test
    @Tag("Q3")
    void theLeaderIsToldOfReadyJobsAndTheNodeOfAssignedOnes() {
        AtomicInteger ready = new AtomicInteger();
        AtomicInteger assigned = new AtomicInteger();
        JobStore other = environment.openStore();
        try (Subscription toLeader = other.leader().onReady(ready::incrementAndGet);
                Subscription toNode = other.nodes().onAssigned("n1", assigned::incrementAndGet)) {
            admit("n1");
            push("a");
            await().until(() -> ready.get() > 0);

            assign("n1", 1);

            await().until(() -> assigned.get() > 0);
            assertThat(toLeader).isNotSameAs(toNode);
        }
    }

    private void pushMany(int count) {
        IntStream.range(0, count).forEach(i -> push("job-" + i));
    }
}
