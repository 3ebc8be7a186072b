package io.muster.queue.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("T2")
class FakeBatchTest {
    private final FakeBatch batch = FakeBatch.named("rows.csv");
    private final FakeContext context = FakeContext.create().withFakeBatch(batch);

    /** Part 0 adds the others; a part below 0 cancels; a cancelled batch is left alone. */
    record ImportRows(int part) implements Job {
        @Override
        public void handle(JobContext context) {
            if (context.batch().cancelled()) {
                context.delete("cancelled");
            } else if (part < 0) {
                context.batch().cancel();
            } else if (part == 0) {
                context.batch().add(new ImportRows(1), new ImportRows(2));
            }
        }
    }

    record Report() implements Job {
        @Override
        public void handle(JobContext context) {
            if (context.failure().isPresent()) {
                context.fail(context.failure().get().reason());
            }
        }
    }

    private static void fails(ThrowingCallable assertion, String says) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessage(says);
    }

    @Test
    void whatAJobAddsIsSeen() {
        new ImportRows(0).handle(context);

        batch.assertAdded(new ImportRows(1), new ImportRows(2))
                .assertAdded(ImportRows.class, ImportRows.class)
                .assertNotCancelled();
        assertThat(batch.added()).hasSize(2);
        assertThat(context.batch().totalJobs()).isEqualTo(3);
        fails(
                () -> batch.assertAdded(new ImportRows(1)),
                """
                Expected ImportRows[part=1] to be added to the batch, but it was not so.
                These 2 were added:
                  ImportRows[part=1]
                  ImportRows[part=2]""");
        fails(
                batch::assertNothingAdded,
                """
                Expected nothing to be added to the batch, but something was.
                These 2 were added:
                  ImportRows[part=1]
                  ImportRows[part=2]""");
    }

    @Test
    void thatAJobCancelsItIsSeen() {
        new ImportRows(-1).handle(context);

        assertThat(batch.cancelled()).isTrue();
        batch.assertCancelled().assertNothingAdded();
        fails(batch::assertNotCancelled, "Expected the batch not to be cancelled, but it was.\nNothing was added.");
    }

    @Test
    void aJobThatLeavesItAloneIsSeenToo() {
        new ImportRows(1).handle(context);

        batch.assertNotCancelled().assertNothingAdded().assertAdded();
        fails(batch::assertCancelled, "Expected the batch to be cancelled, but it was not.\nNothing was added.");
        fails(
                () -> batch.assertAdded(ImportRows.class),
                "Expected a ImportRows to be added to the batch, but it was not so.\nNothing was added.");
    }

    @Test
    void aJobIsToldThatItIsCancelled() {
        batch.cancel();

        new ImportRows(0).handle(context);

        context.assertDeleted();
        batch.assertNothingAdded();
    }

    @Test
    void itCountsAsARealOne() {
        batch.jobs(10).succeeded(3).failed("no such part");

        assertThat(context.batch().name()).isEqualTo("rows.csv");
        assertThat(context.batch().totalJobs()).isEqualTo(10);
        assertThat(context.batch().processedJobs()).isEqualTo(4);
        assertThat(context.batch().pendingJobs()).isEqualTo(6);
        assertThat(context.batch().failedJobs()).isEqualTo(1);
        assertThat(context.batch().cancelled()).isTrue();
        assertThat(context.batch().finished()).isFalse();
        assertThat(context.isInBatch()).isTrue();
    }

    @Test
    void aFailureDoesNotCancelItIfItAllowsThat() {
        batch.jobs(10).allowsFailures().failed("no such part");

        batch.assertNotCancelled();
        assertThat(context.batch().allowsFailures()).isTrue();
        assertThat(context.batch().totalJobs()).isEqualTo(10);
    }

    @Test
    void nothingIsAddedToAFinishedOne() {
        batch.jobs(3).finish();

        assertThat(context.batch().finished()).isTrue();
        assertThat(context.batch().progress()).isEqualTo(100);
        assertThatThrownBy(() -> new ImportRows(0).handle(context))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is finished");
        batch.assertNothingAdded();
    }

    @Test
    void aCallbackIsToldWhatFailed() {
        batch.failed("no such part");
        FakeContext chain = FakeContext.create().failure("job-1", "the file is broken");

        new Report().handle(context);
        new Report().handle(chain);

        context.assertFailedWith("no such part");
        chain.assertFailedWith("the file is broken");
    }

    @Test
    void aJobThatAsksForABatchWithoutOneIsToldHow() {
        assertThatThrownBy(() -> new ImportRows(0).handle(FakeContext.create()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("withFakeBatch");
    }

    @Test
    void whatAJobChainsIsSeen() {
        FakeContext chained = FakeContext.create().chained(new ImportRows(9));

        chained.chain().prepend(new ImportRows(8));
        chained.chain().append(new Report());

        chained.assertChained(new ImportRows(8), ImportRows.class, Report.class);
        FakeContext.create().assertChained();
        fails(
                () -> chained.assertChained(Report.class),
                """
                Expected a Report to follow on the job, but it is not so.
                These 3 were chained:
                  ImportRows[part=8]
                  ImportRows[part=9]
                  Report[]""");
    }
}
