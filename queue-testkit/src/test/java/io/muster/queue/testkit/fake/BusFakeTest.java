package io.muster.queue.testkit.fake;

import static io.muster.queue.testkit.fake.QueueFake.chainedBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.muster.queue.Queue;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.store.BatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("T2")
class BusFakeTest {
    private static final List<String> RAN = new ArrayList<>();

    private final QueueFake fake =
            QueueFake.of(ShipOrder.class, RecordShipment.class, UpdateInventory.class, Plain.class, Tell.class);
    private final Queue queue = fake.queue();

    @JobDefaults(queue = "shipping")
    record ShipOrder(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("ship " + order);
        }
    }

    record RecordShipment(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("record " + order);
        }
    }

    record UpdateInventory(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("update " + order);
        }
    }

    record Tell(String what) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("tell " + what);
        }
    }

    /** A class without an equals of its own. */
    static final class Plain {
        private final String text;

        @JsonCreator
        Plain(@JsonProperty("text") String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return "Plain " + text;
        }
    }

    @BeforeEach
    void nothingRan() {
        RAN.clear();
    }

    @AfterEach
    void close() {
        fake.close();
    }

    private static void fails(ThrowingCallable assertion, String... says) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContainingAll(says);
    }

    private void chain() {
        queue.chain(new ShipOrder(7), new RecordShipment(7), new UpdateInventory(7))
                .catching(new Tell("broken"))
                .dispatch();
    }

    @Test
    void aChainIsKnownByTheClassesOfItsJobs() {
        chain();

        fake.assertChained(ShipOrder.class, RecordShipment.class, UpdateInventory.class);
        fails(
                () -> fake.assertChained(ShipOrder.class, UpdateInventory.class),
                "Expected a chain of a ShipOrder, a UpdateInventory to be dispatched, but it was not.");
        fails(
                () -> fake.assertChained(ShipOrder.class, UpdateInventory.class, RecordShipment.class),
                "This was pushed");
        assertThat(RAN).isEmpty();
    }

    @Test
    void aChainIsKnownByEqualJobsAndByBothMixed() {
        chain();

        fake.assertChained(new ShipOrder(7), new RecordShipment(7), new UpdateInventory(7))
                .assertChained(new ShipOrder(7), RecordShipment.class, new UpdateInventory(7));
        fails(
                () -> fake.assertChained(new ShipOrder(7), new RecordShipment(8), new UpdateInventory(7)),
                "a chain of ShipOrder[order=7], RecordShipment[order=8], UpdateInventory[order=7]");
    }

    @Test
    void anotherChainIsShownAsItWasDispatched() {
        queue.chain(
                        new ShipOrder(7),
                        queue.job(new RecordShipment(7)).onQueue("media").delay(Duration.ofMinutes(5)),
                        queue.batch("letters").add(new Tell("a"), new Tell("b")).then(new Tell("sent")))
                .catching(new Tell("broken"))
                .dispatch();

        assertThatThrownBy(() -> fake.assertChained(ShipOrder.class))
                .hasMessage(
                        """
                        Expected a chain of a ShipOrder to be dispatched, but it was not.
                        This was pushed:
                          ShipOrder[order=7] on "shipping"
                            then RecordShipment[order=7] on "media", delayed by PT5M
                            then batch "letters" on "default" of 2 jobs
                              Tell[what=a] on "default"
                              Tell[what=b] on "default"
                              then: Tell[what=sent]
                            if one fails Tell[what=broken] on "default\"""");
    }

    @Test
    void aChainOfNothingIsNoExpectation() {
        assertThatThrownBy(fake::assertChained).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equalIsAlsoWhatHasTheSameClassAndData() {
        queue.chain(new Plain("one"), new Plain("two")).dispatch();
        queue.push(new Plain("three"));

        fake.assertChained(new Plain("one"), new Plain("two")).assertPushed(new Plain("three"));
        fails(() -> fake.assertChained(new Plain("one"), new Plain("three")), "then Plain two");
        fails(() -> fake.assertPushed(new Plain("two")), "equal to Plain two");
    }

    @Test
    void aBatchInAChainIsAskedByAPredicate() {
        queue.chain(
                        new ShipOrder(7),
                        queue.batch("letters")
                                .add(new Tell("a"), new Tell("b"))
                                .addChain(new RecordShipment(1), new UpdateInventory(1)),
                        new UpdateInventory(7))
                .dispatch();

        fake.assertChained(
                new ShipOrder(7),
                chainedBatch(
                        batch -> batch.name().equals("letters") && batch.jobs().size() == 4),
                UpdateInventory.class);
        fails(
                () -> fake.assertChained(
                        new ShipOrder(7), chainedBatch(batch -> batch.jobs().isEmpty()), UpdateInventory.class),
                "ShipOrder[order=7], a batch that fits the predicate, a UpdateInventory",
                "  RecordShipment[order=1] on \"default\"",
                "then UpdateInventory[order=1] on \"default\"");
        fails(() -> fake.assertChained(chainedBatch(batch -> true), new ShipOrder(7)), "was pushed");
        fake.assertNothingBatched();
    }

    @Test
    void aChainMayBeginWithABatch() {
        queue.chain(queue.batch("letters").add(new Tell("a")), new UpdateInventory(7))
                .dispatch();

        fake.assertChained(
                chainedBatch(batch -> batch.jobs(Tell.class).get(0).what().equals("a")), UpdateInventory.class);
        fake.assertNothingBatched().assertBatchCount(0);
    }

    @Test
    void aJobDispatchedWithoutChainIsToldFromOneWithAChain() {
        chain();

        fails(
                () -> fake.assertDispatchedWithoutChain(ShipOrder.class),
                "Expected a ShipOrder to be dispatched without a chain, but it was not.",
                "then RecordShipment[order=7]");

        queue.push(new ShipOrder(8));

        fake.assertDispatchedWithoutChain(ShipOrder.class)
                .assertDispatchedWithoutChain(new ShipOrder(8))
                .assertChained(ShipOrder.class);
        fails(() -> fake.assertDispatchedWithoutChain(new ShipOrder(7)), "Expected ShipOrder[order=7]");
        fails(() -> fake.assertDispatchedWithoutChain(RecordShipment.class), "a RecordShipment");
    }

    @Test
    void whatIsInABatchWasNotDispatchedByItself() {
        queue.batch("letters")
                .add(new Tell("a"))
                .addChain(new ShipOrder(1), new RecordShipment(1))
                .dispatch();

        fails(() -> fake.assertDispatchedWithoutChain(Tell.class), "Tell[what=a]");
        fails(() -> fake.assertChained(ShipOrder.class, RecordShipment.class), "then RecordShipment[order=1]");
    }

    @Test
    void theJobsOfAChainThatWaitAreNotPushed() {
        chain();

        fake.assertCount(1).assertPushed(ShipOrder.class, 1).assertNotPushed(RecordShipment.class);
        PushedJob<ShipOrder> pushed = fake.pushed(ShipOrder.class).get(0);
        assertThat(pushed.chain())
                .extracting(PushedJob::job)
                .containsExactly(new RecordShipment(7), new UpdateInventory(7));
        assertThat(pushed.caught().map(PushedJob::job)).contains(new Tell("broken"));
    }

    private Batch batch() {
        return queue.batch("import-csv")
                .add(IntStream.range(0, 9).mapToObj(ShipOrder::new).toList())
                .addChain(new RecordShipment(1), new UpdateInventory(1))
                .before(new Tell("before"))
                .progress(new Tell("progress"))
                .then(new Tell("then"))
                .catching(new Tell("catch"))
                .onFinally(new Tell("finally"))
                .onQueue("imports")
                .allowFailures()
                .dispatch();
    }

    @Test
    void aBatchIsAskedByNameByPredicateAndByBoth() {
        Batch batch = batch();

        fake.assertBatched(pushed -> pushed.jobs().size() == 11)
                .assertBatched("import-csv")
                .assertBatched("import-csv", pushed -> pushed.queue().equals("imports") && pushed.allowsFailures())
                .assertBatched(pushed -> pushed.id().equals(batch.id()))
                .assertBatchCount(1);
        fails(
                () -> fake.assertBatched("export-csv"),
                "Expected a batch \"export-csv\" to be dispatched, but it was not.");
        fails(
                () -> fake.assertBatched(pushed -> pushed.jobs().isEmpty()),
                "Expected a batch that fits the predicate to be dispatched, but it was not.");
        fails(
                () -> fake.assertBatched("import-csv", pushed -> !pushed.allowsFailures()),
                "a batch \"import-csv\" that fits the predicate");
        assertThat(RAN).isEmpty();
    }

    @Test
    void aBatchIsAskedByItsJobs() {
        queue.batch("pair").add(new ShipOrder(1), new Tell("a")).dispatch();

        fake.assertBatched("pair", List.of(ShipOrder.class, Tell.class))
                .assertBatched("pair", List.of(new ShipOrder(1), Tell.class));
        fails(
                () -> fake.assertBatched("pair", List.of(ShipOrder.class)),
                "Expected a batch \"pair\" of a ShipOrder to be dispatched");
        fails(() -> fake.assertBatched("pair", List.of(new ShipOrder(2), new Tell("a"))), "ShipOrder[order=1]");
        fails(() -> fake.assertBatched("pear", List.of(ShipOrder.class, Tell.class)), "batch \"pair\" on");
        fails(() -> fake.assertBatched("pair", List.of()), "a batch \"pair\" of no jobs");
    }

    @Test
    void anotherBatchIsShownAsItWasDispatched() {
        batch();

        assertThatThrownBy(() -> fake.assertBatched("export-csv"))
                .hasMessage(
                        """
                        Expected a batch "export-csv" to be dispatched, but it was not.
                        This was batched:
                          batch "import-csv" on "imports" of 11 jobs, allowing failures
                            ShipOrder[order=0] on "imports"
                            ShipOrder[order=1] on "imports"
                            ShipOrder[order=2] on "imports"
                            ShipOrder[order=3] on "imports"
                            ShipOrder[order=4] on "imports"
                            ShipOrder[order=5] on "imports"
                            ShipOrder[order=6] on "imports"
                            ShipOrder[order=7] on "imports"
                            ShipOrder[order=8] on "imports"
                            RecordShipment[order=1] on "imports"
                              then UpdateInventory[order=1] on "imports"
                            before: Tell[what=before]
                            progress: Tell[what=progress]
                            then: Tell[what=then]
                            catch: Tell[what=catch]
                            finally: Tell[what=finally]""");
    }

    @Test
    void theCallbacksOfABatchAreSeenAndNotPushed() {
        batch();

        for (BatchEvent event : BatchEvent.values()) {
            assertThat(fake.batches().get(0).callback(event)).contains(new Tell(event.word()));
        }
        fake.assertNotPushed(Tell.class);
    }

    @Test
    void batchesAreCounted() {
        fake.assertNothingBatched().assertBatchCount(0);
        fails(
                () -> fake.assertBatchCount(1),
                "Expected 1 batch to be dispatched, but there were 0.\nNothing was batched.");

        queue.batch("one").add(new Tell("a")).dispatch();
        queue.batch("two").add(new Tell("b")).dispatch();

        fake.assertBatchCount(2);
        fails(
                () -> fake.assertBatchCount(3),
                "Expected 3 batches to be dispatched, but there were 2.",
                "batch \"two\"");
        fails(fake::assertNothingBatched, "Expected no batch to be dispatched, but there was one.");
    }

    @Test
    void theJobsOfABatchArePushedEach() {
        Batch batch =
                queue.batch("pair").add(new ShipOrder(1), new ShipOrder(2)).dispatch();

        fake.assertPushed(ShipOrder.class, 2)
                .assertPushedOn("default", ShipOrder.class)
                .assertCount(2);
        assertThat(fake.pushed(ShipOrder.class)).extracting(PushedJob::batchId).containsOnly(Optional.of(batch.id()));
    }

    @Test
    void whatIsAddedToABatchLaterBelongsToIt() {
        Batch batch = queue.batch("growing").add(new ShipOrder(1)).dispatch();

        batch.add(new ShipOrder(2), new ShipOrder(3));

        fake.assertBatched("growing", List.of(new ShipOrder(1), new ShipOrder(2), new ShipOrder(3)));
        assertThat(batch.refreshed().totalJobs()).isEqualTo(3);
    }

    @Test
    void aBatchLargerThanAPushIsOneBatch() {
        int many = queue.store().capabilities().mostPushBatch() + 1;

        queue.batch("many")
                .add(IntStream.range(0, many).mapToObj(ShipOrder::new).toList())
                .dispatch();

        fake.assertBatchCount(1).assertBatched(pushed -> pushed.jobs().size() == many);
        fails(() -> fake.assertBatched("none"), "and " + (many - 10) + " more");
    }

    @Test
    void ofAChainWhoseFirstJobIsFakedNothingRuns() {
        fake.only(ShipOrder.class);

        chain();

        fake.assertChained(ShipOrder.class, RecordShipment.class, UpdateInventory.class);
        assertThat(RAN).isEmpty();
    }

    @Test
    void aChainReallyRunsUpToTheFirstFakedJob() {
        fake.only(RecordShipment.class);

        chain();

        fake.assertChained(RecordShipment.class, UpdateInventory.class)
                .assertNotPushed(ShipOrder.class)
                .assertCount(1);
        assertThat(RAN).containsExactly("ship 7");
    }

    @Test
    void aChainOfWhichNothingIsFakedReallyRuns() {
        fake.only(Plain.class);

        chain();

        fake.assertNothingPushed();
        fails(
                () -> fake.assertChained(ShipOrder.class, RecordShipment.class, UpdateInventory.class),
                "Nothing was pushed");
        assertThat(RAN).containsExactly("ship 7", "record 7", "update 7");
    }

    @Test
    void aBatchBehindAJobThatReallyRunsIsStillAsked() {
        fake.except(ShipOrder.class);

        queue.chain(new ShipOrder(7), queue.batch("letters").add(new Tell("a")), new UpdateInventory(7))
                .dispatch();

        fake.assertChained(chainedBatch(batch -> batch.name().equals("letters")), UpdateInventory.class)
                .assertNothingBatched();
        assertThat(RAN).containsExactly("ship 7");
    }

    @Test
    void aBatchIsFakedAsAWholeWhateverIsFaked() {
        fake.except(Tell.class);

        queue.batch("mixed").add(new Tell("a"), new ShipOrder(1)).dispatch();

        fake.assertBatched("mixed", List.of(Tell.class, ShipOrder.class)).assertCount(2);
        assertThat(RAN).isEmpty();
    }

    @Test
    void whatWasDispatchedSoFarCanBeForgotten() {
        chain();
        batch();

        fake.forget();

        fake.assertNothingBatched().assertNothingPushed();
    }

    @Test
    void chainsAndBatchesAreRefusedAsTheyWouldBe() {
        record Unknown() {}

        assertThatThrownBy(() -> queue.chain(new ShipOrder(1), new Unknown()).dispatch())
                .hasMessageContaining("not registered");
        assertThatThrownBy(() -> queue.batch("bad").add(new Unknown()).dispatch())
                .hasMessageContaining("not registered");
        fake.assertNothingPushed().assertNothingBatched();
    }
}
