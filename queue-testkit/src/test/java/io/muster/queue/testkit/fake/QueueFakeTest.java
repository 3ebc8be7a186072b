package io.muster.queue.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.closure.Closure;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("T1")
class QueueFakeTest {
    private static final List<String> RAN = new ArrayList<>();

    private final QueueFake fake = QueueFake.of(ShipOrder.class, RecordShipment.class, SendNote.class);
    private final Queue queue = fake.queue();

    @JobName("ship-order")
    @JobDefaults(queue = "shipping")
    record ShipOrder(int orderId) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("ship " + orderId);
        }
    }

    record RecordShipment(int orderId) {}

    record SendNote(String text) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("note " + text);
            if (text.isEmpty()) {
                throw new IllegalStateException("nothing to say");
            }
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

    @Test
    void whatIsPushedIsKeptAndNotRun() {
        queue.push(new ShipOrder(7));

        fake.assertPushed(ShipOrder.class).assertPushed(ShipOrder.class, 1).assertPushed(new ShipOrder(7));
        assertThat(RAN).isEmpty();
    }

    @Test
    void aClassThatWasNotPushedIsSaidWithWhatWasInstead() {
        queue.push(new ShipOrder(7));
        queue.job(new SendNote("hello"))
                .delay(Duration.ofMinutes(10))
                .priority(3)
                .tags("a", "b")
                .unique("one")
                .dispatch();

        assertThatThrownBy(() -> fake.assertPushed(RecordShipment.class))
                .hasMessage(
                        """
                        Expected a RecordShipment to be pushed, but it was not.
                        These 2 were pushed:
                          ShipOrder[orderId=7] on "shipping"
                          SendNote[text=hello] on "default", delayed by PT10M, priority 3, tags a b, unique as SendNote/one""");
    }

    @Test
    void nothingPushedIsSaidSo() {
        fake.assertNothingPushed().assertCount(0).assertNotPushed(ShipOrder.class);

        assertThatThrownBy(() -> fake.assertPushed(ShipOrder.class))
                .hasMessage("Expected a ShipOrder to be pushed, but it was not.\nNothing was pushed.");
    }

    @Test
    void countsAreExact() {
        queue.push(new ShipOrder(7));
        queue.push(new ShipOrder(8));
        queue.push(new SendNote("hello"));

        fake.assertPushed(ShipOrder.class, 2).assertCount(3);
        fails(() -> fake.assertPushed(ShipOrder.class, 1), "ShipOrder to be pushed once, but it was twice");
        fails(() -> fake.assertPushed(ShipOrder.class, 3), "3 times, but it was twice", "orderId=7", "orderId=8");
        fails(() -> fake.assertCount(4), "Expected 4 jobs to be pushed, but there were 3", "SendNote[text=hello]");
        fails(() -> fake.assertNothingPushed(), "These 3 were pushed");
    }

    @Test
    void predicatesChooseAmongTheJobsOfAClass() {
        queue.push(new ShipOrder(7));

        fake.assertPushed(ShipOrder.class, job -> job.orderId() == 7);
        fake.assertNotPushed(ShipOrder.class, job -> job.orderId() == 8);
        fails(
                () -> fake.assertPushed(ShipOrder.class, job -> job.orderId() == 8),
                "a ShipOrder that fits the predicate");
        fails(() -> fake.assertNotPushed(ShipOrder.class, job -> job.orderId() == 7), "Expected no ShipOrder");
        fails(() -> fake.assertNotPushed(ShipOrder.class), "Expected no ShipOrder to be pushed");
        fails(() -> fake.assertPushed(new ShipOrder(8)), "equal to ShipOrder[orderId=8]", "ShipOrder[orderId=7]");
    }

    @Test
    void queuesAreThoseThatTheJobWouldReallyGoTo() {
        queue.push(new ShipOrder(7));
        queue.pushOn("media", new ShipOrder(8));

        fake.assertPushedOn("shipping", ShipOrder.class);
        fake.assertPushedOn("media", ShipOrder.class, job -> job.orderId() == 8);
        fails(() -> fake.assertPushedOn("default", ShipOrder.class), "on queue \"default\"", "on \"media\"");
        fails(
                () -> fake.assertPushedOn("media", ShipOrder.class, job -> job.orderId() == 7),
                "on queue \"media\" that fits the predicate");
    }

    @Test
    void everyWayOfPushingIsSeenInOrder() {
        queue.bulk("bulk", List.of(new ShipOrder(1), new ShipOrder(2)));
        queue.later(Duration.ofSeconds(5), new ShipOrder(3));
        Instant moment = Instant.parse("2100-01-01T00:00:00Z");
        queue.job(new ShipOrder(4)).delay(moment).dispatch();
        queue.job(new ShipOrder(5)).dispatchAsync().join();
        queue.schedule("nightly").job(new ShipOrder(6)).dailyAt("13:00").register();
        queue.schedules().runNow("nightly");
        queue.pushRaw(List.of(NewJob.of("own-id", "raw", "ship-order", new byte[] {1})));

        assertThat(fake.pushed(ShipOrder.class))
                .extracting(pushed -> pushed.job().orderId())
                .containsExactly(1, 2, 3, 4, 5);
        assertThat(fake.pushed(ShipOrder.class)).extracting(PushedJob::delay).contains(Duration.ofSeconds(5));
        assertThat(fake.pushed(ShipOrder.class).get(3).dueAt()).contains(moment);
        assertThat(fake.pushed(ShipOrder.class).get(3)).asString().contains("not before 2100");
        assertThat(fake.pushed()).extracting(PushedJob::type).hasSize(7).containsOnly("ship-order");
        assertThat(fake.pushed(NewJob.class)).extracting(PushedJob::queue).containsExactly("shipping", "raw");
        assertThat(fake.pushed().get(6).id()).isEqualTo("own-id");
    }

    @Test
    void aDuplicateOfAUniqueJobIsRefusedAsItWouldBe() {
        String first = queue.job(new ShipOrder(7)).unique().dispatch().jobId();
        Dispatched second = queue.job(new ShipOrder(8)).unique().dispatch();

        fake.assertPushed(ShipOrder.class, 1);
        assertThat(second.holder()).contains(first);
    }

    @Test
    void theQueueAnswersAsARealOne() {
        Dispatched pushed = queue.job(new ShipOrder(7)).dispatch();
        queue.later(Duration.ofDays(1), new ShipOrder(8));

        assertThat(pushed).isEqualTo(new Dispatched.Stored(new PushOutcome.Pushed(pushed.jobId())));
        assertThat(queue.size("shipping").ready()).isEqualTo(1);
        assertThat(queue.size("shipping").delayed()).isEqualTo(1);
        assertThat(queue.find(pushed.jobId())).isPresent();
        assertThat(queue.clear("shipping")).isEqualTo(2);
        fake.assertPushed(ShipOrder.class, 2);
    }

    @Test
    void onlySomeAreFakedAndTheRestReallyRuns() {
        fake.only(ShipOrder.class);

        queue.push(new ShipOrder(7));
        queue.later(Duration.ofDays(1), new SendNote("hello"));

        fake.assertPushed(ShipOrder.class, 1).assertCount(1);
        assertThat(RAN).containsExactly("note hello");
    }

    @Test
    void allAreFakedExceptSomeWhichReallyRun() {
        fake.except(SendNote.class);

        List<String> ids = queue.bulk("mixed", List.of(new SendNote("one"), new ShipOrder(7), new SendNote("two")));

        fake.assertPushedOn("mixed", ShipOrder.class).assertCount(1);
        assertThat(RAN).containsExactly("note one", "note two");
        assertThat(ids).hasSize(3).element(1).isEqualTo(fake.pushed().get(0).id());
    }

    @Test
    void whatReallyRunsThrowsToItsCaller() {
        fake.except(SendNote.class);

        assertThatThrownBy(() -> queue.push(new SendNote("")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing to say");
        assertThatThrownBy(() -> queue.job(new SendNote("")).dispatchAsync().join())
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(queue.totals().failed()).isZero();
        fake.assertNothingPushed();
    }

    @Test
    void jobsDispatchedToRunHereAreNoPushes() {
        queue.job(new SendNote("now")).dispatchSync();
        queue.job(new SendNote("after")).dispatchAfterResponse();

        fake.assertNothingPushed();
        assertThat(RAN).containsExactly("note now", "note after");
    }

    @Test
    void anApplicationsOwnBuilderIsFaked() {
        var application = Queue.named("shop")
                .cluster("redis://nowhere.invalid:1")
                .store("redis://nowhere.invalid:2")
                .handle("record", RecordShipment.class, (job, context) -> RAN.add("record " + job.orderId()))
                .pipe(outgoing -> Optional.of(outgoing.withOptions(said -> said.withQueue("piped"))));

        try (QueueFake own = QueueFake.of(application)) {
            own.queue().push(new RecordShipment(1));
            own.except(RecordShipment.class).queue().push(new RecordShipment(2));

            own.assertPushedOn("piped", RecordShipment.class, job -> job.orderId() == 1)
                    .assertCount(1);
            assertThat(RAN).containsExactly("record 2");
        }
    }

    @Test
    void aJobThatCannotBePushedIsRefusedAsItWouldBe() {
        record Unknown() {}

        assertThatThrownBy(() -> queue.push(new Unknown()))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("not registered");
        fake.assertNothingPushed();
    }

    @Test
    void whatWasPushedSoFarCanBeForgotten() {
        queue.push(new ShipOrder(7));

        fake.forget();

        fake.assertNothingPushed();
    }

    static void rebuild(int year) {
        RAN.add("rebuilt " + year);
    }

    @Test
    void closuresAreJobsOfTheirOwn() {
        var application = Queue.named("shop")
                .keys(EncryptionKeys.parse(EncryptionKeys.generate("first")))
                .closure("report.rebuild", QueueFakeTest::rebuild)
                .job("note", SendNote.class);

        try (QueueFake own = QueueFake.of(application)) {
            Queue to = own.queue();
            own.assertClosureNotPushed().assertClosurePushed(0);
            to.push(new SendNote("hello"));
            fails(
                    own::assertClosurePushed,
                    "Expected a closure to be pushed, but it was not.",
                    "SendNote[text=hello] on \"default\"");

            to.push(to.closures().of(QueueFakeTest::rebuild, 2026));
            to.chain(new SendNote("first"), to.closures().named("report.rebuild", 2027))
                    .dispatch();

            own.assertClosurePushed()
                    .assertClosurePushed(1)
                    .assertClosurePushed("report.rebuild")
                    .assertPushed(to.closures().named("report.rebuild", 2026))
                    .assertChained(SendNote.class, to.closures().named("report.rebuild", 2027));
            fails(() -> own.assertClosurePushed("report.drop"), "a closure of \"report.drop\"", "report.rebuild");
            fails(() -> own.assertClosurePushed(2), "Expected closures to be pushed twice, but they were once.");
            fails(own::assertClosureNotPushed, "Expected no closure to be pushed, but there was one.");
            fails(() -> own.assertPushed(to.closures().named("report.rebuild", 2025)), "equal to Closure");

            own.except(Closure.class).queue().push(to.closures().named("report.rebuild", 2028));

            own.assertClosurePushed(1);
            assertThat(RAN).containsExactly("rebuilt 2028");
        }
    }

    @Test
    void longListsAreCut() {
        queue.bulk("many", IntStream.range(0, 60).mapToObj(ShipOrder::new).toList());

        fails(() -> fake.assertPushed(SendNote.class), "These 60 were pushed", "orderId=49", "and 10 more");
    }

    @Test
    void fakesOfOneJvmKnowNothingOfEachOther() {
        try (QueueFake other = QueueFake.of(ShipOrder.class)) {
            other.queue().push(new ShipOrder(1));

            fake.assertNothingPushed();
            assertThatCode(() -> other.assertCount(1)).doesNotThrowAnyException();
        }
    }
}
