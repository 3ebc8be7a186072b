package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Accepting jobs. */
public abstract class PushContract extends StoreContract {
    @Test
    @Tag("Q4")
    void aPushedJobIsReadyAndFoundAsItWasPushed() {
        push(job("a").withPriority(5));

        StoredJob found = find("a");

        assertThat(found.state()).isEqualTo(JobState.READY);
        assertThat(found.queue()).isEqualTo(QUEUE);
        assertThat(found.type()).isEqualTo(TYPE);
        assertThat(found.payload()).isEqualTo(job("a").payload());
        assertThat(found.priority()).isEqualTo(5);
        assertThat(found.counters()).isEqualTo(Counters.NONE);
        assertThat(found.dueAt()).isEmpty();
        assertThat(found.holder()).isEmpty();
    }

    @Test
    @Tag("Q4")
    void aBatchIsAnsweredPerJobInItsOrder() {
        push(job("known"), job("holder").withUnique(UniqueKey.of("key")));

        List<PushOutcome> outcomes = store.intake()
                .push(List.of(
                        job("new"),
                        job("known"),
                        job("other").withUnique(UniqueKey.of("key")),
                        job("new"),
                        job("first").withUnique(UniqueKey.of("fresh")),
                        job("second").withUnique(UniqueKey.of("fresh"))));

        assertThat(outcomes)
                .containsExactly(
                        new PushOutcome.Pushed("new"),
                        new PushOutcome.SameId("known"),
                        new PushOutcome.DuplicateOf("other", "holder"),
                        new PushOutcome.SameId("new"),
                        new PushOutcome.Pushed("first"),
                        new PushOutcome.DuplicateOf("second", "first"));
        assertThat(store.intake().find("other")).isEmpty();
        assertThat(store.intake().find("second")).isEmpty();
    }

    @Test
    @Tag("Q4")
    void anEmptyBatchHasNoOutcomes() {
        assertThat(store.intake().push(List.of())).isEmpty();
    }

    @Test
    @Tag("Q4")
    void anIdIsKnownInEveryStateOfItsJob() {
        push("ready", "completed", "failed");
        admit("n1");
        List<Attempt> attempts = run("n1", 3);
        settle(attempts.get(1), COMPLETED);
        settle(attempts.get(2), FAILED);

        List<PushOutcome> outcomes = store.intake().push(List.of(job("ready"), job("completed"), job("failed")));

        assertThat(outcomes)
                .containsExactly(
                        new PushOutcome.SameId("ready"),
                        new PushOutcome.SameId("completed"),
                        new PushOutcome.SameId("failed"));
        assertThat(state("ready")).isEqualTo(JobState.RUNNING);
        assertThat(state("completed")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("J5")
    void aKnownIdIsSaidBeforeItsOwnUniqueKeyIsFoundHeld() {
        NewJob job = job("a").withUnique(UniqueKey.of("key"));
        push(job);

        assertThat(store.intake().push(List.of(job))).containsExactly(new PushOutcome.SameId("a"));
    }

    @Test
    @Tag("Q4")
    void aPushRepeatedBecauseItsReplyWasLostPushesOnce() {
        FailingStore failing = new FailingStore(store);
        failing.loseReplies(1);

        assertThatThrownBy(() -> failing.intake().push(List.of(job("a"))))
                .isInstanceOf(StoreOutcomeUnknownException.class);

        assertThat(failing.intake().push(List.of(job("a")))).containsExactly(new PushOutcome.SameId("a"));
        assertThat(store.intake().counts()).singleElement().satisfies(counts -> assertThat(counts.ready())
                .isEqualTo(1));
    }

    @Test
    @Tag("Q4")
    void oneIdPushedByManyAtOnceIsPushedOnce() {
        List<JobStore> handles = List.of(store, environment.openStore());

        List<PushOutcome> outcomes = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            NewJob job = job("job-" + round);
            outcomes.addAll(Together.run(
                    6, i -> handles.get(i % 2).intake().push(List.of(job)).get(0)));
        }

        assertThat(outcomes).filteredOn(PushOutcome.Pushed.class::isInstance).hasSize(20);
        assertThat(outcomes).filteredOn(PushOutcome.SameId.class::isInstance).hasSize(100);
        assertThat(store.intake().counts()).singleElement().satisfies(counts -> assertThat(counts.ready())
                .isEqualTo(20));
    }

    @Test
    @Tag("J1")
    void everyByteOfAPayloadComesBack() {
        byte[] payload = new byte[256];
        IntStream.range(0, 256).forEach(i -> payload[i] = (byte) i);
        push(NewJob.of("bytes", QUEUE, TYPE, payload), NewJob.of("none", QUEUE, TYPE, new byte[0]));
        admit("n1");

        List<Attempt> attempts = run("n1", 2);

        assertThat(attempts.get(0).payload()).isEqualTo(payload);
        assertThat(attempts.get(1).payload()).isEmpty();
        assertThat(find("bytes").payload()).isEqualTo(payload);
    }

    @Test
    @Tag("J1")
    void aPayloadChangedAfterThePushIsNotChangedInTheStore() {
        byte[] payload = {1, 2, 3};
        push(NewJob.of("a", QUEUE, TYPE, payload));

        payload[0] = 9;

        assertThat(find("a").payload()).containsExactly(1, 2, 3);
    }

    @Test
    @Tag("Q1")
    void queueAndTypeMayBeAnyText() {
        push(NewJob.of("a", "Späte/Post:% *", "send{it} \"now\"\n", new byte[0]));
        admit("n1");

        assign(grant("n1", 1, "Späte/Post:% *"));
        List<Attempt> attempts = take("n1", 1);

        assertThat(ids(attempts)).containsExactly("a");
        assertThat(attempts.get(0).type()).isEqualTo("send{it} \"now\"\n");
        assertThat(store.intake().counts()).singleElement().satisfies(counts -> assertThat(counts.queue())
                .isEqualTo("Späte/Post:% *"));
    }

    @Test
    @Tag("Q4")
    void aPayloadAsLargeAsTheStoreSaysIsKept() {
        int most = store.capabilities().mostPayloadBytes();

        push(NewJob.of("large", QUEUE, TYPE, new byte[most]));

        assertThat(find("large").payload()).hasSize(most);
    }

    @Test
    @Tag("Q4")
    void aLargerPayloadIsRefusedAndNothingOfItsBatchIsPushed() {
        NewJob large =
                NewJob.of("large", QUEUE, TYPE, new byte[store.capabilities().mostPayloadBytes() + 1]);

        assertThatThrownBy(() -> store.intake().push(List.of(job("small"), large)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("large")
                .hasMessageContaining(Integer.toString(store.capabilities().mostPayloadBytes()));

        assertThat(store.intake().find("small")).isEmpty();
        push("small");
    }

    @Test
    @Tag("Q4")
    void asManyAsFitArePushedAtOnceHoweverLargeTheyAre() {
        int bytes = Math.min(store.capabilities().mostPayloadBytes(), 64 << 10);
        List<NewJob> jobs = IntStream.rangeClosed(0, store.capabilities().mostPushBatch())
                .mapToObj(i -> job("job-" + i).withPayload(new byte[bytes]))
                .toList();
        int fitting = store.capabilities().fitting(jobs);

        assertThat(store.intake().push(jobs.subList(0, fitting)))
                .hasSize(fitting)
                .allMatch(PushOutcome.Pushed.class::isInstance);

        assertThatThrownBy(() -> store.intake().push(jobs.subList(0, fitting + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing was pushed");
        assertThat(store.intake().find("job-" + fitting)).isEmpty();
    }

    @Test
    @Tag("Q4")
    void longNamesAndKeysAreCounted() {
        String name = "\u00e4\u0001".repeat(20);
        int most = store.capabilities().mostPushBatch();
        byte[] payload = new byte
                [Math.min(
                        store.capabilities().mostPayloadBytes(),
                        store.capabilities().mostPushBytes() / most)];
        List<NewJob> jobs = IntStream.range(0, most)
                .mapToObj(i -> NewJob.of("job-" + i, name, name, payload)
                        .withUnique(UniqueKey.of("unique" + i + name))
                        .withOverlap(OverlapKey.of("overlap" + i + name)))
                .toList();
        int fitting = store.capabilities().fitting(jobs);

        assertThat(fitting).isLessThan(most);
        assertThat(store.intake().push(jobs.subList(0, fitting))).allMatch(PushOutcome.Pushed.class::isInstance);
    }

    @Test
    @Tag("Q4")
    void aPushIsAsManyJobsWhateverTheyBelongTo() {
        List<NewJob> jobs = IntStream.range(
                        0, Math.min(100, store.capabilities().mostPushBatch()))
                .mapToObj(i -> {
                    String batch = "batch-" + i;
                    String queue = "queue-" + i;
                    store.batches().create(new NewBatch(batch, batch, queue, false, true, Map.of()), List.of());
                    return NewJob.of("job-" + i, queue, "type", new byte[1])
                            .withUnique(UniqueKey.of("key-" + i))
                            .withBatch(new BatchMembership(batch, 1));
                })
                .toList();

        assertThat(store.intake().push(jobs)).allMatch(PushOutcome.Pushed.class::isInstance);
    }

    @Test
    @Tag("Q4")
    void aLargerBatchThanTheStoreAppliesAtOnceIsRefused() {
        List<NewJob> batch = IntStream.rangeClosed(0, store.capabilities().mostPushBatch())
                .mapToObj(i -> job("job-" + i))
                .toList();

        assertThatThrownBy(() -> store.intake().push(batch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(store.capabilities().mostPushBatch()));

        assertThat(store.intake().find("job-0")).isEmpty();
    }

    @Test
    @Tag("Q2")
    void aBoundedStoreThatIsFullRefusesAtOnceAndPushesNothing() {
        assumeTrue(environment.mostLiveJobs().isPresent(), "this store is not bounded");
        int most = environment.mostLiveJobs().getAsInt();
        IntStream.range(0, most - 1).forEach(i -> push("job-" + i));

        assertThatThrownBy(() -> store.intake().push(List.of(job("last"), job("one-too-many"))))
                .isInstanceOf(StoreFullException.class)
                .hasMessageContaining(Integer.toString(most));

        assertThat(store.intake().find("last")).isEmpty();
        push("last");
        assertThat(store.intake().push(List.of(job("last")))).containsExactly(new PushOutcome.SameId("last"));
    }

    @Test
    @Tag("Q2")
    void aSettledJobMakesRoomInABoundedStore() {
        int most = environment.mostLiveJobs().orElse(10);
        IntStream.range(0, most).forEach(i -> push("job-" + i));
        admit("n1");

        settle(runOne("n1"), COMPLETED);

        push("next");
        assertThat(state("next")).isEqualTo(JobState.READY);
    }
}
