package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.Retention;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Failed jobs: kept with their reason, run again, forgotten. */
public abstract class FailedContract extends StoreContract {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONGER = Duration.ofMillis(1100);

    @Test
    @Tag("F1")
    void aFailedJobIsKeptWithItsPayloadReasonDetailAndMoment() {
        Instant before = environment.now();
        push(job("a"));
        admit("n1");

        fail("a");

        StoredJob failed = find("a");
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        assertThat(new String(failed.payload(), StandardCharsets.UTF_8)).isEqualTo("a");
        assertThat(failed.reason()).contains("broken");
        assertThat(failed.detail()).contains("at line 1");
        assertThat(failed.settledAt().orElseThrow())
                .isBetween(before.minusSeconds(5), environment.now().plusSeconds(5));
        assertThat(store.intake()
                        .list(QUEUE, JobState.FAILED, Optional.empty(), 10)
                        .jobs())
                .singleElement()
                .satisfies(listed -> assertThat(listed.settledAt()).isEqualTo(failed.settledAt()));
    }

    @Test
    @Tag("F1")
    void aRetriedJobRunsAgainAsIfItHadNeverRun() {
        push(job("a").withPriority(5));
        admit("n1");
        Attempt first = runOne("n1");
        settle(first, RELEASED);
        fail("a");
        assertThat(find("a").counters()).isEqualTo(new Counters(2, 1, 1, 0, 0, 0));

        assertThat(store.intake().retry(List.of("a"))).containsExactly(new RetryOutcome.Retried("a"));

        StoredJob ready = find("a");
        assertThat(ready.state()).isEqualTo(JobState.READY);
        assertThat(ready.counters()).isEqualTo(Counters.NONE);
        assertThat(ready.reason()).isEmpty();
        assertThat(ready.detail()).isEmpty();
        assertThat(ready.settledAt()).isEmpty();
        Attempt again = runOne("n1");
        assertThat(again.payload()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
        assertThat(again.counters().starts()).isEqualTo(1);
        assertThat(again.priority()).isEqualTo(5);
        assertThat(again.fencingToken()).isGreaterThan(first.fencingToken());
        assertThat(settle(first, COMPLETED)).isEqualTo(SettleResult.STALE);
        assertThat(settle(again, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 0, 0, 0, 1, 0, false));
    }

    @Test
    @Tag("F1")
    void aRetriedJobStandsBehindThoseThatAreReady() {
        push("failed");
        admit("n1");
        fail("failed");
        push("waiting");

        retry("failed");
        push("later");

        assertThat(ids(run("n1", 3))).containsExactly("waiting", "failed", "later");
    }

    @Test
    @Tag("F1")
    void aRetriedJobMayFailAndBeRetriedAgain() {
        push("a");
        admit("n1");
        for (int round = 0; round < 3; round++) {
            fail("a");
            assertThat(onlyCounts().failed()).isEqualTo(1);
            retry("a");
            assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 1, 0, 0, 0, 0, false));
        }
    }

    @Test
    @Tag("F1")
    void aJobThatCrashedTooOftenIsNoSuspectOnceItIsRetried() {
        push(job("poison").withMaxCrashes(1), job("neighbour").withMaxCrashes(1));
        admit("n1", "n2", "n3");
        run("n1", 2);
        bury("n1");
        runOne("n2");
        bury("n2");
        String failed = state("poison") == JobState.FAILED ? "poison" : "neighbour";
        String other = failed.equals("poison") ? "neighbour" : "poison";
        assertThat(find(failed).reason()).contains(StoredJob.CRASHED);

        retry(failed);

        assertThat(find(failed).counters()).isEqualTo(Counters.NONE);
        assertThat(ids(run("n3", 2))).containsExactlyInAnyOrder(failed, other);
    }

    @Test
    @Tag("F1")
    void onlyFailedJobsAreRetriedOrForgotten() {
        push("done", "dropped", "running", "assigned", "ready");
        push(job("delayed").withDueAt(environment.now().plus(Duration.ofHours(1))));
        admit("n1");
        List<Attempt> attempts = run("n1", 3);
        settle(attempts.get(0), COMPLETED);
        settle(attempts.get(1), DISCARDED);
        assign("n1", 2);
        List<String> all = List.of("done", "dropped", "running", "assigned", "ready", "delayed", "unknown");

        assertThat(store.intake().retry(all))
                .isEqualTo(all.stream()
                        .<RetryOutcome>map(RetryOutcome.NotFailed::new)
                        .toList());
        assertThat(store.intake().forget(all)).isEmpty();

        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 1, 1, 1, 1, 2, 0, false));
        assertThat(settle(attempts.get(2), COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("F1")
    void repeatingARetryChangesNothing() {
        push("a");
        admit("n1");
        fail("a");

        assertThat(store.intake().retry(List.of("a", "a")))
                .containsExactly(new RetryOutcome.Retried("a"), new RetryOutcome.NotFailed("a"));
        assertThat(store.intake().retry(List.of("a"))).containsExactly(new RetryOutcome.NotFailed("a"));

        assertThat(onlyCounts().ready()).isEqualTo(1);
    }

    @Test
    @Tag("F1")
    void aForgottenJobIsUnknown() {
        push("a", "b");
        admit("n1");
        fail("a");
        fail("b");

        assertThat(store.intake().forget(List.of("a", "unknown", "a"))).containsExactly("a");

        assertThat(store.intake().find("a")).isEmpty();
        assertThat(onlyCounts().failed()).isEqualTo(1);
        assertThat(store.intake().forget(List.of("a"))).isEmpty();
        assertThat(store.intake().push(List.of(job("a"), job("b"))))
                .containsExactly(new PushOutcome.Pushed("a"), new PushOutcome.SameId("b"));
    }

    @Test
    @Tag("F1")
    void whatIsRetriedIsNotPruned() {
        push("a");
        admit("n1");
        fail("a");
        environment.pass(LONGER);
        retry("a");

        store.leader().tend(FENCE, new Retention(SHORT, SHORT), environment.now(), MANY);
        assertThat(state("a")).isEqualTo(JobState.READY);
        settle(runOne("n1"), COMPLETED);

        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 0, 0, 0, 1, 0, false));
    }

    @Test
    @Tag("F1")
    @Tag("J5")
    void aRetryIsRefusedWhileAnotherJobHoldsItsUniqueKeyAndSucceedsAfterwards() {
        push(unique("a"), job("free"));
        admit("n1");
        fail("a");
        fail("free");
        push(unique("b"));

        assertThat(store.intake().retry(List.of("a", "free")))
                .containsExactly(new RetryOutcome.DuplicateOf("a", "b"), new RetryOutcome.Retried("free"));
        assertThat(find("a").reason()).contains("broken");
        settleAll(run("n1", 2), COMPLETED);

        assertThat(store.intake().retry(List.of("a"))).containsExactly(new RetryOutcome.Retried("a"));
    }

    @Test
    @Tag("F1")
    @Tag("J5")
    void aRetriedJobHoldsItsUniqueKeyUntilItsEnd() {
        push(unique("a"));
        admit("n1");
        fail("a");
        retry("a");

        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.DuplicateOf("b", "a"));
        Attempt attempt = runOne("n1");
        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.DuplicateOf("b", "a"));
        settle(attempt, COMPLETED);
        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.Pushed("b"));
    }

    @Test
    @Tag("F1")
    @Tag("J5")
    void aKeyThatIsHeldUntilItsJobIsTakenIsFreeThenAlsoAfterARetry() {
        push(job("a").withUnique(new UniqueKey("key", Optional.empty(), UniqueKey.Until.PROCESSING)));
        admit("n1");
        fail("a");
        retry("a");

        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.DuplicateOf("b", "a"));
        runOne("n1");
        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.Pushed("b"));
    }

    @Test
    @Tag("F1")
    @Tag("J5")
    void aKeyWhoseTimeIsOverDoesNotStandInTheWayOfARetry() {
        push(unique("a"));
        admit("n1");
        fail("a");
        push(job("b").withUnique(new UniqueKey("key", Optional.of(SHORT), UniqueKey.Until.SETTLED)));
        assertThat(store.intake().retry(List.of("a"))).containsExactly(new RetryOutcome.DuplicateOf("a", "b"));
        environment.pass(LONGER);

        assertThat(store.intake().retry(List.of("a"))).containsExactly(new RetryOutcome.Retried("a"));

        assertThat(pushOne(unique("c"))).isEqualTo(new PushOutcome.DuplicateOf("c", "a"));
        assertThat(ids(run("n1", 2))).containsExactly("b", "a");
    }

    @Test
    @Tag("F1")
    @Tag("J5")
    void withinOneCallTheFirstJobOfAKeyIsRetried() {
        admit("n1");
        for (String id : List.of("a", "b", "c")) {
            push(unique(id));
            fail(id);
        }

        assertThat(store.intake().retry(List.of("b", "a", "c")))
                .containsExactly(
                        new RetryOutcome.Retried("b"),
                        new RetryOutcome.DuplicateOf("a", "b"),
                        new RetryOutcome.DuplicateOf("c", "b"));
        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 1, 0, 0, 0, 2, false));
    }

    @Test
    @Tag("F1")
    @Tag("M3")
    void aRetriedJobWaitsForItsOverlapKeyAsOthersDo() {
        push(job("a").withOverlap(OverlapKey.of("key")));
        admit("n1");
        fail("a");
        push(job("b").withOverlap(OverlapKey.of("key")));
        Attempt other = runOne("n1");
        assertThat(other.token().jobId()).isEqualTo("b");

        retry("a");

        assertThat(assign("n1", 5)).isZero();
        settle(other, COMPLETED);
        assertThat(ids(run("n1", 1))).containsExactly("a");
    }

    @Test
    @Tag("F1")
    void manyAreRetriedAndForgottenInOneCallAndMoreThanThatAreRefused() {
        List<String> ids = IntStream.range(0, 250).mapToObj(i -> "job-" + i).toList();
        for (String id : ids) {
            push(id);
        }
        admit("n1");
        settleAll(run("n1", 250), FAILED);

        assertThat(store.intake().retry(ids.subList(0, 150))).allMatch(RetryOutcome.Retried.class::isInstance);
        assertThat(store.intake().forget(ids)).containsExactlyInAnyOrderElementsOf(ids.subList(150, 250));

        assertThat(onlyCounts()).isEqualTo(new QueueCounts(QUEUE, 0, 150, 0, 0, 0, 0, false));
        assertThat(ids(run("n1", 150))).isEqualTo(ids.subList(0, 150));
        List<String> tooMany = Collections.nCopies(JobStore.Intake.MOST_IDS + 1, "x");
        assertThatThrownBy(() -> store.intake().retry(tooMany)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.intake().forget(tooMany)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.intake().retry(List.of())).isEmpty();
        assertThat(store.intake().forget(List.of())).isEmpty();
    }

    @Test
    @Tag("F1")
    void ofRetriesAndForgettingAtOnceOneHasTheJob() {
        List<JobStore> handles = List.of(store, environment.openStore());
        admit("n1");
        for (int round = 0; round < 10; round++) {
            String id = "job-" + round;
            push(id);
            fail(id);

            List<Boolean> had = Together.run(
                    4,
                    i -> i < 3
                            ? handles.get(i % 2).intake().retry(List.of(id)).get(0) instanceof RetryOutcome.Retried
                            : handles.get(1).intake().forget(List.of(id)).contains(id));

            assertThat(had).containsOnlyOnce(true);
            boolean forgotten = had.get(3);
            assertThat(store.intake().find(id).map(StoredJob::state))
                    .isEqualTo(forgotten ? Optional.empty() : Optional.of(JobState.READY));
            settleAll(run("n1", 1), COMPLETED);
        }
    }

    @Test
    @Tag("F1")
    void retriesOfJobsWithTheSameKeyAtOnceLetOneThrough() {
        List<JobStore> handles = List.of(store, environment.openStore());
        admit("n1");
        for (String id : List.of("a", "b", "c", "d")) {
            push(unique(id));
            fail(id);
        }
        List<String> ids = List.of("a", "b", "c", "d");

        List<RetryOutcome> outcomes = Together.run(
                4, i -> handles.get(i % 2).intake().retry(List.of(ids.get(i))).get(0));

        assertThat(outcomes).filteredOn(RetryOutcome.Retried.class::isInstance).hasSize(1);
        assertThat(outcomes)
                .filteredOn(RetryOutcome.DuplicateOf.class::isInstance)
                .hasSize(3);
        assertThat(run("n1", 4)).hasSize(1);
    }

    @Test
    @Tag("F1")
    void aFullStoreRefusesARetryAndKeepsTheFailedJob() {
        if (environment.mostLiveJobs().isEmpty()) {
            assertThat(store.intake().retry(List.of("unknown"))).hasSize(1);
            return;
        }
        push("a");
        admit("n1");
        fail("a");
        int room = environment.mostLiveJobs().getAsInt();
        int batch = store.capabilities().mostPushBatch();
        for (int from = 0; from < room; from += batch) {
            List<NewJob> jobs = IntStream.range(from, Math.min(room, from + batch))
                    .mapToObj(i -> job("filling-" + i))
                    .toList();
            push(jobs.toArray(NewJob[]::new));
        }

        assertThatThrownBy(() -> store.intake().retry(List.of("a"))).isInstanceOf(StoreFullException.class);

        assertThat(state("a")).isEqualTo(JobState.FAILED);
    }

    @Test
    @Tag("F1")
    void aListingOfFailedJobsGoesOnWhereItStoodWhileThoseBeforeAreRetried() {
        admit("n1");
        List<String> ids = IntStream.range(0, 10).mapToObj(i -> "job-" + i).toList();
        for (String id : ids) {
            push(id);
        }
        settleAll(run("n1", 10), FAILED);

        Collection<String> seen = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            JobPage page = store.intake().list(QUEUE, JobState.FAILED, from, 3);
            List<String> some = page.jobs().stream().map(StoredJob::id).toList();
            seen.addAll(some);
            assertThat(store.intake().retry(some)).allMatch(RetryOutcome.Retried.class::isInstance);
            from = page.next();
        } while (from.isPresent());

        assertThat(seen).containsExactlyElementsOf(ids);
        assertThat(onlyCounts().failed()).isZero();
    }

    private static NewJob unique(String id) {
        return job(id).withUnique(UniqueKey.of("key"));
    }

    private PushOutcome pushOne(NewJob job) {
        return store.intake().push(List.of(job)).get(0);
    }

    private void retry(String id) {
        assertThat(store.intake().retry(List.of(id))).containsExactly(new RetryOutcome.Retried(id));
    }

    /** Runs the one ready job, which fails. */
    private void fail(String id) {
        Attempt attempt = runOne("n1");
        assertThat(attempt.token().jobId()).isEqualTo(id);
        settle(attempt, FAILED);
    }

    private QueueCounts onlyCounts() {
        assertThat(store.intake().counts()).hasSize(1);
        return store.intake().counts().get(0);
    }
}
