package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Looking at jobs, remembering them, forgetting them, and failing what nobody serves. */
public abstract class InspectContract extends StoreContract {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONGER = Duration.ofMillis(1100);

    @Test
    @Tag("F3")
    void countsFollowEveryStepOfAJob() {
        assertThat(store.intake().counts()).isEmpty();
        push(job("delayed").withDueAt(environment.now().plus(Duration.ofHours(1))));
        push("done", "discarded", "failed", "running", "assigned", "ready");
        admit("n1");
        List<Attempt> attempts = run("n1", 4);
        settle(attempts.get(0), COMPLETED);
        settle(attempts.get(1), DISCARDED);
        settle(attempts.get(2), FAILED);
        assign("n1", 2);

        QueueCounts counts = onlyCounts();

        assertThat(counts).isEqualTo(new QueueCounts(QUEUE, 1, 1, 1, 1, 2, 1, false));
        assertThat(counts.live()).isEqualTo(4);
    }

    @Test
    @Tag("F3")
    void queuesAreCountedApartInTheOrderOfTheirNamesAndPausedOnesAreMarked() {
        push(jobOn("1", "b"), jobOn("2", "a"), jobOn("3", "b"));
        store.intake().pause("b", "operator");

        assertThat(store.intake().counts())
                .containsExactly(
                        new QueueCounts("a", 0, 1, 0, 0, 0, 0, false), new QueueCounts("b", 0, 2, 0, 0, 0, 0, true));
    }

    @Test
    @Tag("Q5")
    void aQueueThatWasPausedBeforeItsFirstJobIsCountedAsPaused() {
        store.intake().pause("b", "operator");
        push(jobOn("1", "a"));

        assertThat(store.intake().counts())
                .containsExactly(
                        new QueueCounts("a", 0, 1, 0, 0, 0, 0, false), new QueueCounts("b", 0, 0, 0, 0, 0, 0, true));

        store.intake().resume("b");

        assertThat(store.intake().counts()).noneMatch(QueueCounts::paused);
    }

    @Test
    @Tag("F3")
    void jobsThatEverCompletedAreCountedAlsoOnceForgotten() {
        push("a", "b");
        admit("n1");
        settleAll(run("n1", 2), COMPLETED);
        environment.pass(LONGER);

        forgetAll();

        assertThat(store.intake().find("a")).isEmpty();
        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 0, 0, 0, 2, 0, false));
    }

    @Test
    @Tag("F3")
    void anUnknownJobIsNotFound() {
        assertThat(store.intake().find("unknown")).isEmpty();
    }

    @Test
    @Tag("F1")
    void pagesListEveryJobOfAStateOnceInTheOrderOfPushes() {
        IntStream.range(0, 25).forEach(i -> push("job-" + i));
        push(jobOn("elsewhere", "other"));

        List<String> listed = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            JobPage page = store.intake().list(QUEUE, JobState.READY, from, 10);
            sizes.add(page.jobs().size());
            page.jobs().forEach(job -> listed.add(job.id()));
            from = page.next();
        } while (from.isPresent());

        assertThat(listed)
                .isEqualTo(IntStream.range(0, 25).mapToObj(i -> "job-" + i).toList());
        assertThat(sizes).containsExactly(10, 10, 5);
    }

    @Test
    @Tag("F1")
    void whatStaysIsListedOnceThoughOthersComeAndGoBetweenPages() {
        IntStream.range(0, 6).forEach(i -> push("job-" + i));
        admit("n1");

        JobPage first = store.intake().list(QUEUE, JobState.READY, Optional.empty(), 3);
        run("n1", 4);
        push("job-6");
        JobPage second = store.intake().list(QUEUE, JobState.READY, first.next(), 10);

        assertThat(first.jobs()).extracting(StoredJob::id).containsExactly("job-0", "job-1", "job-2");
        assertThat(second.jobs()).extracting(StoredJob::id).containsExactly("job-4", "job-5", "job-6");
    }

    @Test
    @Tag("F1")
    void everyStateCanBeListed() {
        push(job("delayed").withDueAt(environment.now().plus(Duration.ofHours(1))));
        push("completed", "discarded", "failed", "running", "assigned", "ready");
        admit("n1");
        List<Attempt> attempts = run("n1", 4);
        settle(attempts.get(0), COMPLETED);
        settle(attempts.get(1), DISCARDED);
        settle(attempts.get(2), FAILED);
        assign("n1", 2);

        for (JobState state : JobState.values()) {
            assertThat(store.intake().list(QUEUE, state, Optional.empty(), 10).jobs())
                    .as("%s", state)
                    .singleElement()
                    .satisfies(job -> assertThat(job.id()).isEqualToIgnoringCase(state.name()));
        }
        assertThat(store.intake()
                        .list("unknown", JobState.READY, Optional.empty(), 10)
                        .jobs())
                .isEmpty();
    }

    @Test
    @Tag("Q4")
    void idsOfCompletedAndFailedJobsAreRememberedEachAsLongAsToldAndThenForgotten() {
        push("done", "dropped", "failed");
        admit("n1");
        List<Attempt> attempts = run("n1", 3);
        settle(attempts.get(0), COMPLETED);
        settle(attempts.get(1), DISCARDED);
        settle(attempts.get(2), FAILED);
        environment.pass(LONGER);

        int first = store.leader()
                .tend(FENCE, new Retention(SHORT, Duration.ofHours(1)), environment.now(), MANY)
                .forgotten();

        assertThat(first).isEqualTo(2);
        assertThat(state("failed")).isEqualTo(JobState.FAILED);
        assertThat(store.intake().push(List.of(job("done"), job("failed"))))
                .containsExactly(new PushOutcome.Pushed("done"), new PushOutcome.SameId("failed"));
        assertThat(forgetAll()).isEqualTo(1);
        assertThat(store.intake().find("failed")).isEmpty();
        assertThat(onlyCounts().failed()).isZero();
    }

    @Test
    @Tag("Q4")
    void whatMustBeRememberedIsNotForgottenAndForgettingIsLimited() {
        IntStream.range(0, 10).forEach(i -> push("job-" + i));
        admit("n1");
        settleAll(run("n1", 10), COMPLETED);

        assertThat(tend().forgotten()).isZero();
        environment.pass(LONGER);

        Retention none = new Retention(Duration.ZERO, Duration.ZERO);
        assertThat(store.leader().tend(FENCE, none, environment.now(), 4).forgotten())
                .isEqualTo(4);
        assertThat(forgetAll()).isEqualTo(6);
    }

    @Test
    @Tag("Q5")
    void clearingRemovesWhatWaitsAndNothingElse() {
        push("assigned", "running", "failed", "ready-1", "ready-2");
        push(job("delayed").withDueAt(environment.now().plus(Duration.ofHours(1))), jobOn("elsewhere", "other"));
        admit("n1");
        List<Attempt> attempts = run("n1", 3);
        settle(attempts.get(2), FAILED);
        settle(attempts.get(0), RETURNED);
        assign("n1", 2);

        assertThat(clear(QUEUE)).isEqualTo(3);

        assertThat(store.intake().counts())
                .containsExactly(
                        new QueueCounts(QUEUE, 0, 0, 1, 1, 0, 1, false),
                        new QueueCounts("other", 0, 1, 0, 0, 0, 0, false));
        assertThat(store.intake().find("ready-1")).isEmpty();
        assertThat(store.intake().find("delayed")).isEmpty();
        assertThat(ids(take("n1", 5))).containsExactly("assigned");
        assertThat(clear(QUEUE)).isZero();
        assertThat(clear("unknown")).isZero();
    }

    @Test
    @Tag("Q5")
    void clearingIsLimitedAndGoesOnWithTheNextCall() {
        IntStream.range(0, 10).forEach(i -> push("job-" + i));
        store.intake().pause(QUEUE, "operator");

        assertThat(store.intake().clear(QUEUE, 4)).isEqualTo(4);

        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 6, 0, 0, 0, 0, true));
        assertThat(clear(QUEUE)).isEqualTo(6);
        assertThat(store.intake().clear(QUEUE, 0)).isZero();
    }

    @Test
    @Tag("Q5")
    void aClearedJobsIdAndUniqueKeyAreFreeAndOthersKeepTheirs() {
        UniqueKey key = UniqueKey.of("key");
        push(job("cleared").withUnique(key), jobOn("kept", "other").withUnique(UniqueKey.of("other key")));
        push(job("later")
                .withUnique(UniqueKey.of("later key"))
                .withDueAt(environment.now().plus(Duration.ofHours(1))));

        clear(QUEUE);

        assertThat(store.intake()
                        .push(List.of(
                                job("cleared").withUnique(key),
                                job("next").withUnique(UniqueKey.of("later key")),
                                job("refused").withUnique(UniqueKey.of("other key")))))
                .containsExactly(
                        new PushOutcome.Pushed("cleared"),
                        new PushOutcome.Pushed("next"),
                        new PushOutcome.DuplicateOf("refused", "kept"));
        admit("n1");
        assertThat(ids(run("n1", 5))).containsExactly("cleared", "next");
    }

    @Test
    @Tag("Q5")
    void aClearedJobDoesNotFreeAKeyThatIsNoLongerItsOwn() {
        push(job("first").withUnique(new UniqueKey("key", Optional.of(SHORT), UniqueKey.Until.SETTLED)));
        environment.pass(LONGER);
        push(jobOn("second", "other").withUnique(UniqueKey.of("key")));

        clear(QUEUE);

        assertThat(store.intake().push(List.of(job("third").withUnique(UniqueKey.of("key")))))
                .containsExactly(new PushOutcome.DuplicateOf("third", "second"));
    }

    @Test
    @Tag("Q5")
    void aJobIsEitherClearedOrAssignedNeverBoth() {
        List<JobStore> handles = List.of(store, environment.openStore());
        admit("n1");
        IntStream.range(0, 200).forEach(i -> push("job-" + i));

        List<Integer> changed = Together.run(
                2,
                i -> i == 0
                        ? handles.get(0).intake().clear(QUEUE, 120)
                        : handles.get(1)
                                .leader()
                                .assign(FENCE, List.of(grant("n1", 120)))
                                .total());

        int cleared = changed.get(0);
        int assigned = changed.get(1);
        assertThat(onlyCounts())
                .isEqualTo(new QueueCounts(QUEUE, 0, 200 - cleared - assigned, assigned, 0, 0, 0, false));
        assertThat(take("n1", 200)).hasSize(assigned);
    }

    @Test
    @Tag("J1")
    void aTypeThatNobodyServesFailsAfterItsTimeWithThatReason() {
        push(jobOfType("a", "served"), jobOfType("b", "unserved"));
        environment.pass(LONGER);
        push(jobOfType("c", "unserved"));

        assertThat(failUnserved()).isEqualTo(1);

        assertThat(state("a")).isEqualTo(JobState.READY);
        assertThat(state("c")).isEqualTo(JobState.READY);
        assertThat(find("b").state()).isEqualTo(JobState.FAILED);
        assertThat(find("b").reason()).contains(StoredJob.UNSERVED);
        assertThat(failUnserved()).isZero();
    }

    @Test
    @Tag("J1")
    void jobsOfPausedQueuesAndJobsThatAreHeldOrDelayedAreNotUnserved() {
        push(jobOfType("assigned", "unserved"));
        admit("n1");
        assign("n1", 1);
        push(jobOfType("delayed", "unserved").withDueAt(environment.now().plus(Duration.ofHours(1))));
        push(jobOn("paused", "other"));
        store.intake().pause("other", "operator");
        environment.pass(LONGER);

        assertThat(failUnserved()).isZero();
    }

    private int clear(String queue) {
        int cleared = 0;
        int step;
        do {
            step = store.intake().clear(queue, MANY);
            cleared += step;
        } while (step > 0);
        return cleared;
    }

    private int failUnserved() {
        return store.leader().failUnserved(FENCE, List.of("served"), SHORT, environment.now());
    }

    private int forgetAll() {
        return store.leader()
                .tend(FENCE, new Retention(Duration.ZERO, Duration.ZERO), environment.now(), MANY)
                .forgotten();
    }

    private QueueCounts onlyCounts() {
        List<QueueCounts> all = store.intake().counts();
        assertThat(all).hasSize(1);
        return all.get(0);
    }
}
