package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.explain.Cause;
import io.muster.queue.explain.WorkflowCause;
import io.muster.queue.explain.WorkflowCause.Front;
import io.muster.queue.job.Batch;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Why has the link, the callback, the batch not run yet? One test for each cause. */
@Tag("W1")
@Tag("W4")
class ExplainWorkflowTest extends OnTwoNodes {
    ExplainWorkflowTest() {
        super(builder -> builder.pool(PoolOptions.of("default").withConcurrency(2)));
    }

    private Front front(String jobId, JobState state) {
        return new Front(jobId, "work", "default", state);
    }

    @Test
    void aLinkWaitsForTheJobInFrontOfIt() {
        String first = queue.chain(
                        new Work(50),
                        queue.job(new Work(1)).id("second"),
                        queue.job(new Work(1)).id("third"))
                .dispatch()
                .jobId();
        run(SECOND);

        assertThat(causes("second")).containsExactly(new WorkflowCause.LinkWaits(1, front(first, JobState.RUNNING)));
        assertThat(causes("third")).containsExactly(new WorkflowCause.LinkWaits(2, front(first, JobState.RUNNING)));
        assertThat(queue.explain("third").text())
                .isEqualTo("It is a link of a chain and is pushed when its turn has come: number 2 behind job " + first
                        + " (work on default), which is RUNNING.");
        assertThat(queue.explain("third").job()).isEmpty();
    }

    @Test
    void aLinkBehindAFailedJobWaitsForItsRetry() {
        String first = queue.chain(new Fails(), queue.job(new Work(1)).id("second"))
                .dispatch()
                .jobId();
        cluster.settle();

        assertThat(causes("second"))
                .containsExactly(new WorkflowCause.LinkWaits(1, new Front(first, "fails", "default", JobState.FAILED)));
        assertThat(queue.explain("second").text()).endsWith("the chain has ended, unless that job is retried.");
    }

    @Test
    void aCatchWaitsForAFailure() {
        String first = queue.chain(new Work(50), new Work(1))
                .catching(queue.job(new Work(1)).id("caught"))
                .dispatch()
                .jobId();
        run(SECOND);

        assertThat(causes("caught")).containsExactly(new WorkflowCause.CatchWaits(front(first, JobState.RUNNING)));
    }

    @Test
    void theFirstJobOfAChainSaysWhereThatIs() {
        String first = queue.chain(
                        new Work(1),
                        queue.job(new Work(50)).id("second"),
                        queue.job(new Work(1)).id("third"))
                .dispatch()
                .jobId();
        run(Duration.ofSeconds(10));

        assertThat(causes(first))
                .hasSize(2)
                .last()
                .isEqualTo(new WorkflowCause.ChainAt(front("second", JobState.RUNNING), 1));
        cluster.settle();
        assertThat(causes(first)).extracting(Cause::code).containsExactly("settled");
    }

    @Test
    void aBatchSaysWhatIsPendingAndItsCallbacksWaitForThat() {
        Batch batch = queue.batch("photos")
                .add(new Work(1), new Work(50), new Work(50))
                .then(new Work(1))
                .onFinally(new Work(1))
                .dispatch();
        run(Duration.ofSeconds(10));

        assertThat(causes(batch.id()))
                .containsExactly(new WorkflowCause.BatchRuns(
                        batch.id(), "photos", BatchEvent.FINALLY, 2, 0, 3, WorkflowCause.BatchRuns.Open.NO));
        assertThat(causes(DerivedId.of(batch.id(), "then")))
                .singleElement()
                .isInstanceOfSatisfying(WorkflowCause.BatchRuns.class, cause -> {
                    assertThat(cause.awaits()).isEqualTo(BatchEvent.THEN);
                    assertThat(cause.text()).contains("\"photos\" has 2 of 3 jobs pending, 0 failed");
                });
        cluster.settle();
        assertThat(causes(batch.id())).extracting(Cause::code).containsExactly("batch-ended");
    }

    @Test
    void aLinkBehindABatchWaitsForIt() {
        String first = queue.chain(
                        new Work(1),
                        queue.batch("inner").add(new Work(50)),
                        queue.job(new Work(1)).id("last"))
                .dispatch()
                .jobId();
        run(Duration.ofSeconds(10));

        assertThat(causes("last")).singleElement().isInstanceOfSatisfying(WorkflowCause.BatchRuns.class, cause -> {
            assertThat(cause.name()).isEqualTo("inner");
            assertThat(cause.awaits()).isEqualTo(BatchEvent.THEN);
        });
        assertThat(causes(first)).extracting(Cause::code).containsExactly("settled", "batch");
    }

    @Test
    void aJobOfACancelledBatchSaysSo() {
        queue.pause("default");
        Batch batch =
                queue.batch("photos").add(queue.job(new Work(1)).id("member")).dispatch();
        batch.cancel();

        assertThat(causes("member")).extracting(Cause::code).containsExactly("queue-paused", "batch-cancelled");
        assertThat(causes("member").get(1))
                .isEqualTo(new WorkflowCause.BatchCancelled(
                        batch.id(), "photos", batch.refreshed().cancelledAt().orElseThrow()));
    }

    @Test
    void whatNobodyKnowsIsUnknownAfterAllWasLookedAt() {
        queue.chain(new Work(50), new Work(1)).dispatch();
        queue.batch("photos").add(new Work(1)).dispatch();

        assertThat(causes("nobody")).containsExactly(new Cause.UnknownId("nobody", Optional.empty()));
    }
}
