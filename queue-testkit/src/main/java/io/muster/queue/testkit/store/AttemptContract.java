package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Taking and settling: what a token entitles to, and what happens when a reply is lost. */
public abstract class AttemptContract extends StoreContract {
    @Test
    @Tag("J8")
    void takingTheOldestAssignmentsFirstRecordsTheirStarts() {
        push("a", "b", "c");
        admit("n1");
        assign("n1", 3);

        ExchangeReply reply = exchange("n1", 2);

        assertThat(ids(reply.taken())).containsExactly("a", "b");
        assertThat(reply.waiting()).isEqualTo(1);
        assertThat(reply.taken().get(0).counters().starts()).isEqualTo(1);
        StoredJob running = find("a");
        assertThat(running.state()).isEqualTo(JobState.RUNNING);
        assertThat(running.counters().starts()).isEqualTo(1);
        assertThat(running.holder()).contains("n1");
        assertThat(state("c")).isEqualTo(JobState.ASSIGNED);
        assertThat(find("c").holder()).contains("n1");
    }

    @Test
    @Tag("K1")
    void oneRoundTripSettlesAndTakes() {
        push("a", "b");
        admit("n1");
        assign("n1", 2);
        Attempt first = take("n1", 1).get(0);

        ExchangeReply reply = exchange("n1", 1, Settlement.of(first.token(), COMPLETED));

        assertThat(reply.settled()).containsExactly(SettleResult.ACCEPTED);
        assertThat(ids(reply.taken())).containsExactly("b");
        assertThat(reply.waiting()).isZero();
    }

    @Test
    @Tag("J8")
    void aCompletedJobIsRememberedWithoutItsPayload() {
        push("a");
        admit("n1");

        assertThat(settle(runOne("n1"), COMPLETED)).isEqualTo(SettleResult.ACCEPTED);

        StoredJob completed = find("a");
        assertThat(completed.state()).isEqualTo(JobState.COMPLETED);
        assertThat(completed.payload()).isEmpty();
        assertThat(completed.holder()).isEmpty();
        assertThat(assign("n1", 5)).isZero();
    }

    @Test
    @Tag("F1")
    void aFailedJobIsKeptWithPayloadReasonAndDetail() {
        push("a");
        admit("n1");

        settle(runOne("n1"), FAILED);

        StoredJob failed = find("a");
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        assertThat(failed.payload()).isEqualTo(job("a").payload());
        assertThat(failed.reason()).contains("broken");
        assertThat(failed.detail()).contains("at line 1");
        assertThat(failed.counters()).isEqualTo(new Counters(1, 0, 1, 0, 0, 0));
        assertThat(assign("n1", 5)).isZero();
    }

    @Test
    @Tag("J10")
    void aDiscardedJobIsGoneWithItsReason() {
        push("a");
        admit("n1");

        settle(runOne("n1"), DISCARDED);

        assertThat(state("a")).isEqualTo(JobState.DISCARDED);
        assertThat(find("a").reason()).contains("not needed");
        assertThat(assign("n1", 5)).isZero();
    }

    @Test
    @Tag("J8")
    void aReleasedJobRunsAgainBehindThoseThatAreReadyAndCountsWhy() {
        push("a");
        admit("n1");
        Attempt first = runOne("n1");
        push("b");

        settle(first, RELEASED);

        List<Attempt> next = run("n1", 2);
        assertThat(ids(next)).containsExactly("b", "a");
        Attempt second = next.get(1);
        assertThat(second.token().number()).isGreaterThan(first.token().number());
        assertThat(second.counters()).isEqualTo(new Counters(2, 1, 0, 0, 0, 0));
        assertThat(second.payload()).isEqualTo(first.payload());
        assertThat(second.pushedAt()).isEqualTo(first.pushedAt());
    }

    @Test
    @Tag("J8")
    void aJobHeldBackBeforeItsHandlerBeganUsesNoTry() {
        push("a");
        admit("n1");

        settle(runOne("n1"), new Settlement.Released(Duration.ZERO, Settlement.Why.HELD));

        assertThat(find("a").counters()).isEqualTo(Counters.NONE);
        assertThat(runOne("n1").counters()).isEqualTo(new Counters(1, 0, 0, 0, 0, 0));
    }

    @Test
    @Tag("J8")
    void releasesByExceptionAndTimeoutAreCountedApart() {
        push("a");
        admit("n1");

        settle(runOne("n1"), new Settlement.Released(Duration.ZERO, Settlement.Why.EXCEPTION));
        settle(runOne("n1"), new Settlement.Released(Duration.ZERO, Settlement.Why.TIMEOUT));

        assertThat(find("a").counters()).isEqualTo(new Counters(2, 0, 1, 1, 0, 0));
    }

    @Test
    @Tag("K4")
    void aReturnedJobCountsNothingAndKeepsItsPlace() {
        push("a", "b");
        admit("n1");
        Attempt returned = runOne("n1");

        settle(returned, RETURNED);

        assertThat(find("a").counters()).isEqualTo(Counters.NONE);
        assertThat(ids(run("n1", 2))).containsExactly("a", "b");
    }

    @Test
    @Tag("J8")
    void fencingTokensGrowOverAllAttemptsOfTheStore() {
        push("a", "b", "c");
        admit("n1", "n2");
        List<Long> tokens = new ArrayList<>();

        Attempt first = runOne("n1");
        tokens.add(first.fencingToken());
        tokens.add(runOne("n2").fencingToken());
        settle(first, RELEASED);
        tokens.add(runOne("n1").fencingToken());
        tokens.add(runOne("n2").fencingToken());

        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    @Test
    @Tag("K2")
    void everyPartOfATokenIsCompared() {
        push("a");
        admit("n1", "n2");
        AttemptToken token = runOne("n1").token();

        List<AttemptToken> others = List.of(
                new AttemptToken("other", token.number(), "n1", token.nonce()),
                new AttemptToken("a", token.number() + 1, "n1", token.nonce()),
                new AttemptToken("a", token.number(), "n2", token.nonce()),
                new AttemptToken("a", token.number(), "n1", "guessed"));
        for (AttemptToken other : others) {
            assertThat(exchange("n1", 0, Settlement.of(other, COMPLETED)).settled())
                    .containsExactly(SettleResult.STALE);
        }

        assertThat(exchange("n2", 0, Settlement.of(token, COMPLETED)).settled()).containsExactly(SettleResult.STALE);
        assertThat(state("a")).isEqualTo(JobState.RUNNING);
        assertThat(exchange("n1", 0, Settlement.of(token, COMPLETED)).settled()).containsExactly(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("K2")
    void settlementsOfABatchAreJudgedEachForItself() {
        push("a", "b", "c");
        admit("n1");
        List<Attempt> attempts = run("n1", 3);
        settle(attempts.get(1), COMPLETED);

        ExchangeReply reply = exchange(
                "n1",
                0,
                Settlement.of(attempts.get(0).token(), COMPLETED),
                Settlement.of(attempts.get(1).token(), FAILED),
                Settlement.of(attempts.get(2).token(), RELEASED),
                Settlement.of(attempts.get(2).token(), COMPLETED));

        assertThat(reply.settled())
                .containsExactly(SettleResult.ACCEPTED, SettleResult.STALE, SettleResult.ACCEPTED, SettleResult.STALE);
        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
        assertThat(state("b")).isEqualTo(JobState.COMPLETED);
        assertThat(state("c")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("K2")
    void aSettlementRepeatedAfterALostReplyIsStaleAndAppliedOnce() {
        push("a");
        admit("n1");
        Settlement release = Settlement.of(runOne("n1").token(), RELEASED);
        FailingStore failing = new FailingStore(store);
        failing.loseReplies(1);
        Exchange exchange = new Exchange("n1", POOL, List.of(release), 0, Optional.empty());

        assertThatThrownBy(() -> failing.nodes().exchange(exchange)).isInstanceOf(StoreOutcomeUnknownException.class);

        assertThat(failing.nodes().exchange(exchange).settled()).containsExactly(SettleResult.STALE);
        assertThat(find("a").counters()).isEqualTo(new Counters(1, 1, 0, 0, 0, 0));
        assertThat(run("n1", 5)).hasSize(1);
    }

    @Test
    @Tag("K2")
    void aSettlementOfAnEarlierAttemptDoesNotTouchTheNextOne() {
        push("a");
        admit("n1", "n2");
        Attempt first = runOne("n1");
        settle(first, RELEASED);
        Attempt second = runOne("n2");

        assertThat(settle(first, COMPLETED)).isEqualTo(SettleResult.STALE);

        assertThat(state("a")).isEqualTo(JobState.RUNNING);
        assertThat(settle(second, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("K2")
    void whatALostReplyTookIsDeliveredAgainUnderTheSameTokenWithoutAnotherStart() {
        push("a", "b", "c");
        admit("n1");
        assign("n1", 3);
        List<Attempt> lost = take("n1", 2);

        List<Attempt> again = exchangeHolding("n1", 2, Set.of()).taken();

        assertThat(again).extracting(Attempt::token).containsExactlyInAnyOrderElementsOf(tokens(lost));
        assertThat(again)
                .extracting(Attempt::fencingToken)
                .containsExactlyInAnyOrderElementsOf(
                        lost.stream().map(Attempt::fencingToken).toList());
        assertThat(again)
                .allSatisfy(attempt -> assertThat(attempt.counters().starts()).isEqualTo(1));
        assertThat(again.get(0).payload()).isEqualTo(lost.get(0).payload());
        settleAll(again, COMPLETED);
    }

    @Test
    @Tag("K2")
    void redeliveryIsNotCutOffByTakeAndUsesItUp() {
        push("a", "b", "c", "d");
        admit("n1");
        assign("n1", 4);
        take("n1", 2);

        assertThat(ids(exchangeHolding("n1", 1, Set.of()).taken())).containsExactlyInAnyOrder("a", "b");
        assertThat(ids(exchangeHolding("n1", 3, Set.of()).taken())).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    @Tag("K2")
    void whatThePoolHoldsOrSettlesIsNotDeliveredAgain() {
        push("held", "settled", "lost", "waiting");
        admit("n1");
        assign("n1", 4);
        List<Attempt> attempts = take("n1", 3);

        ExchangeReply reply = exchangeHolding(
                "n1", 2, Set.of("held"), Settlement.of(attempts.get(1).token(), COMPLETED));

        assertThat(reply.settled()).containsExactly(SettleResult.ACCEPTED);
        assertThat(ids(reply.taken())).containsExactlyInAnyOrder("lost", "waiting");
    }

    @Test
    @Tag("K2")
    void onlyThePoolThatRunsAJobGetsItAgain() {
        push("a");
        admit("n1");
        Attempt attempt = runOne("n1");

        ExchangeReply other = store.nodes().exchange(new Exchange("n1", "other", List.of(), 5, Optional.of(Set.of())));

        assertThat(other.taken()).isEmpty();
        ExchangeReply settledElsewhere = store.nodes()
                .exchange(new Exchange(
                        "n1", "other", List.of(Settlement.of(attempt.token(), COMPLETED)), 0, Optional.empty()));
        assertThat(settledElsewhere.settled()).containsExactly(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("C1")
    void anUnknownOrBuriedIncarnationIsToldSoAndNothingIsApplied() {
        push("a", "b");
        admit("n1", "n2");
        Attempt attempt = runOne("n1");
        assign("n2", 1);
        bury("n2");

        for (String refused : List.of("unknown", "n2")) {
            assertThatThrownBy(() -> exchange(refused, 5, Settlement.of(attempt.token(), COMPLETED)))
                    .isInstanceOf(IncarnationBuriedException.class)
                    .hasMessageContaining(refused);
        }

        assertThat(state("a")).isEqualTo(JobState.RUNNING);
        assertThat(state("b")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("C1")
    void anIncarnationIsAdmittedOnceAndRepeatingItChangesNothing() {
        push("a");
        admit("n1");
        Attempt attempt = runOne("n1");

        admit("n1");

        assertThat(store.leader().incarnations()).singleElement().satisfies(record -> {
            assertThat(record.incarnation()).isEqualTo("n1");
            assertThat(record.node()).isEqualTo("node-of-n1");
            assertThat(record.status()).isEqualTo(IncarnationRecord.Status.ADMITTED);
            assertThat(record.held()).isEqualTo(1);
        });
        assertThat(settle(attempt, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("K4")
    void aLeavingIncarnationGivesBackWhatIsUntakenAndMaySettleWhatItRuns() {
        push("a", "b");
        admit("n1");
        assign("n1", 2);
        Attempt running = take("n1", 1).get(0);

        store.nodes().leave("n1");
        store.nodes().leave("n1");

        assertThat(state("b")).isEqualTo(JobState.READY);
        assertThat(find("b").counters()).isEqualTo(Counters.NONE);
        assertThat(store.leader().incarnations()).singleElement().satisfies(record -> assertThat(record.status())
                .isEqualTo(IncarnationRecord.Status.LEAVING));
        assertThat(settle(running, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
        assertThat(store.leader().incarnations()).isEmpty();
        assertThatThrownBy(() -> exchange("n1", 1)).isInstanceOf(IncarnationBuriedException.class);
    }

    @Test
    @Tag("K4")
    void anIdleOrUnknownIncarnationThatLeavesIsBuriedAtOnce() {
        admit("idle");

        store.nodes().leave("idle");
        store.nodes().leave("unknown");

        assertThat(store.leader().incarnations()).isEmpty();
        assertThatThrownBy(() -> admit("idle")).isInstanceOf(IncarnationBuriedException.class);
        assertThatThrownBy(() -> admit("unknown")).isInstanceOf(IncarnationBuriedException.class);
    }

    @Test
    @Tag("K2")
    void exchangesAtOnceTakeEachJobOnce() {
        List<JobStore> handles = List.of(store, environment.openStore());
        IntStream.range(0, 100).forEach(i -> push("job-" + i));
        admit("n1");
        assign("n1", 100);

        List<List<Attempt>> taken = Together.run(4, i -> handles.get(i % 2)
                .nodes()
                .exchange(new Exchange("n1", POOL, List.of(), 30, Optional.empty()))
                .taken());

        assertThat(taken.stream().flatMap(List::stream).map(attempt -> attempt.token()
                        .jobId()))
                .hasSize(100)
                .doesNotHaveDuplicates();
    }

    @Test
    @Tag("K2")
    void settlementsOfOneAttemptAtOnceAreAcceptedOnce() {
        List<JobStore> handles = List.of(store, environment.openStore());
        admit("n1");
        for (int round = 0; round < 20; round++) {
            push("job-" + round);
            Settlement settlement = Settlement.of(runOne("n1").token(), RELEASED);

            List<SettleResult> results = Together.run(4, i -> handles.get(i % 2)
                    .nodes()
                    .exchange(new Exchange("n1", POOL, List.of(settlement), 0, Optional.empty()))
                    .settled()
                    .get(0));

            assertThat(results).containsOnlyOnce(SettleResult.ACCEPTED);
            settleAll(run("n1", 1), COMPLETED);
        }
    }

    private static List<AttemptToken> tokens(List<Attempt> attempts) {
        return attempts.stream().map(Attempt::token).toList();
    }
}
