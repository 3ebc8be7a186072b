package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What follows from a settlement within the same store, and from a failure that no worker saw. */
public abstract class FollowUpContract extends StoreContract {
    private static final String OTHER_QUEUE = "reports";

    @Test
    @Tag("W1")
    void whatFollowsIsThereOnceTheSettlementIsAccepted() {
        push("a");
        admit("n1");

        assertThat(settle(runOne("n1"), COMPLETED, job("b").withPriority(7))).isEqualTo(SettleResult.ACCEPTED);

        relayAll();
        assertThat(state("b")).isEqualTo(JobState.READY);
        assertThat(find("b").priority()).isEqualTo(7);
        Attempt next = runOne("n1");
        assertThat(next.token().jobId()).isEqualTo("b");
        assertThat(new String(next.payload(), StandardCharsets.UTF_8)).isEqualTo("b");
    }

    @Test
    @Tag("W1")
    void inTheSameQueueItNeedsNoLeader() {
        Assumptions.assumeTrue(store.capabilities().keepsBatches());
        push("a");
        admit("n1");

        settle(runOne("n1"), COMPLETED, job("b"));

        assertThat(state("b")).isEqualTo(JobState.READY);
        assertThat(store.leader().outbox(FENCE, MANY)).isEmpty();
    }

    @Test
    @Tag("W1")
    void itMayBeOnAnotherQueueAndWaitForItsMoment() {
        push("a");
        admit("n1");
        NewJob later = jobOn("b", OTHER_QUEUE).withDueAt(environment.now().plus(Duration.ofHours(1)));

        settle(runOne("n1"), COMPLETED, later, jobOn("c", OTHER_QUEUE));

        relayAll();
        assertThat(state("b")).isEqualTo(JobState.DELAYED);
        assertThat(find("c").queue()).isEqualTo(OTHER_QUEUE);
        assertThat(assign(grant("n1", 5, OTHER_QUEUE))).isEqualTo(1);
    }

    @Test
    @Tag("W1")
    void everyAcceptedOutcomeIsFollowed() {
        push("a", "b", "c", "d");
        admit("n1");
        List<Attempt> attempts = run("n1", 4);

        settle(attempts.get(0), COMPLETED, job("after-a"));
        settle(attempts.get(1), FAILED, job("after-b"));
        settle(attempts.get(2), DISCARDED, job("after-c"));
        settle(attempts.get(3), RELEASED, job("after-d"));

        relayAll();
        for (String id : List.of("after-a", "after-b", "after-c", "after-d")) {
            assertThat(state(id)).isEqualTo(JobState.READY);
        }
    }

    @Test
    @Tag("W1")
    void nothingFollowsOnAStaleSettlement() {
        push("a");
        admit("n1");
        Attempt attempt = runOne("n1");
        bury("n1");

        admit("n2");
        Attempt again = runOne("n2");
        Settlement stale = new Settlement(attempt.token(), COMPLETED, List.of(OutboxEntry.here(job("b"))));
        assertThat(exchange("n2", 0, stale).settled()).containsExactly(SettleResult.STALE);

        relayAll();
        assertThat(store.intake().find("b")).isEmpty();
        settle(again, COMPLETED);
    }

    @Test
    @Tag("W1")
    void aKnownIdOrAHeldKeyIsNotPushedAndHindersNothing() {
        UniqueKey key = new UniqueKey("k", Optional.empty(), UniqueKey.Until.SETTLED);
        push(job("a"), job("known"), job("holder").withUnique(key));
        admit("n1");

        Attempt attempt = run("n1", 1).get(0);
        assertThat(settle(attempt, COMPLETED, job("known").withPriority(9), job("b").withUnique(key)))
                .isEqualTo(SettleResult.ACCEPTED);

        relayAll();
        assertThat(find("known").priority()).isZero();
        assertThat(store.intake().find("b")).isEmpty();
        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("W1")
    void aFullStoreTakesWhatFollows() {
        int most = environment.mostLiveJobs().orElse(0);
        Assumptions.assumeTrue(most > 0 && store.capabilities().keepsBatches(), "not bounded");
        IntStream.range(0, most).forEach(i -> push("j" + i));
        admit("n1");

        settle(runOne("n1"), RELEASED, job("b"));

        assertThat(state("b")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("W1")
    void manySettlementsOfOneCallAreFollowedEachByItsOwn() {
        IntStream.range(0, 20).forEach(i -> push("j" + i));
        admit("n1");
        List<Attempt> attempts = run("n1", 20);

        exchange(
                "n1",
                0,
                attempts.stream()
                        .map(attempt -> new Settlement(
                                attempt.token(),
                                COMPLETED,
                                List.of(OutboxEntry.here(
                                        job("next-" + attempt.token().jobId())))))
                        .toArray(Settlement[]::new));

        relayAll();
        IntStream.range(0, 20).forEach(i -> assertThat(state("next-j" + i)).isEqualTo(JobState.READY));
    }

    @Test
    @Tag("J9")
    void aFailureByTooManyCrashesIsTold() {
        push(
                job("silent").withMaxCrashes(1).withPriority(9),
                job("a").withMaxCrashes(1).withPriority(3).tellingFailure());

        crashNextTwice("silent");
        crashNextTwice("a");

        if (!store.capabilities().keepsBatches()) {
            assertThat(notices()).isEmpty();
            return;
        }
        assertThat(state("silent")).isEqualTo(JobState.FAILED);
        assertNotice("a", 3);
    }

    @Test
    @Tag("J9")
    void aFailureForWantOfANodeIsTold() {
        Assumptions.assumeTrue(store.capabilities().keepsBatches());
        push(jobOfType("a", "unknown").tellingFailure(), jobOfType("silent", "unknown"));
        environment.pass(Duration.ofMillis(1100));

        while (store.leader().failUnserved(FENCE, List.of(TYPE), Duration.ofSeconds(1), environment.now()) > 0) {
            // until nothing is left
        }

        assertThat(state("silent")).isEqualTo(JobState.FAILED);
        assertNotice("a", 0);
    }

    @Test
    @Tag("J9")
    void aFailureThatAWorkerTellsNeedsNoNotice() {
        push(job("a").tellingFailure());
        admit("n1");

        settle(runOne("n1"), FAILED);

        assertThat(notices()).isEmpty();
    }

    private void assertNotice(String failedId, int priority) {
        NewJob notice = job(failedId).failureNotice(find(failedId).settledAt().orElseThrow());
        admit("n9");
        assertThat(assign(new Grant("n9", POOL, List.of(QUEUE), Set.of(NewJob.FAILURE_NOTICE), 5)))
                .isEqualTo(1);
        Attempt attempt = take("n9", 5).get(0);
        assertThat(attempt.token().jobId()).isEqualTo(notice.id());
        assertThat(attempt.type()).isEqualTo(NewJob.FAILURE_NOTICE);
        assertThat(attempt.priority()).isEqualTo(priority);
        assertThat(new String(attempt.payload(), StandardCharsets.US_ASCII)).isEqualTo(failedId);
        settle(attempt, COMPLETED);
        assertThat(notices()).isEmpty();
    }

    private List<String> notices() {
        return store.intake().list(QUEUE, JobState.READY, Optional.empty(), MANY).jobs().stream()
                .filter(job -> job.type().equals(NewJob.FAILURE_NOTICE))
                .map(job -> job.id())
                .toList();
    }

    private SettleResult settle(Attempt attempt, Settlement.Outcome outcome, NewJob... following) {
        List<OutboxEntry> entries =
                List.of(following).stream().map(OutboxEntry::here).toList();
        return exchange(attempt.token().incarnation(), 0, new Settlement(attempt.token(), outcome, entries))
                .settled()
                .get(0);
    }
}
