package io.muster.queue.testkit.fake;

import io.muster.queue.job.Batch;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.FailureNotice;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.Workflows;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.StoredBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The batch that a job under test belongs to: what the job does to it is seen and asserted on.
 *
 * <pre>{@code
 * FakeBatch batch = FakeBatch.named("rows.csv").jobs(10);
 *
 * new ImportRows(0).handle(FakeContext.create().withFakeBatch(batch));
 *
 * batch.assertNotCancelled().assertAdded(new ImportRows(1), new ImportRows(2));
 * }</pre>
 *
 * <p>It counts as a real one, and jobs that are added to a finished one are refused alike; nothing is pushed. Its moments are the epoch.
 * Not thread-safe. T2
 */
public final class FakeBatch {
    private static final Instant NOW = Instant.EPOCH;

    private final List<Object> added = new ArrayList<>();
    private final Workflows workflows = new Recording();
    private StoredBatch state;

    private FakeBatch(String name) {
        NewBatch batch = NewBatch.of("fake-batch", "default").withName(name).opened();
        this.state = BatchChange.created(batch, NOW).batch();
    }

    /** A batch whose only job is the one under test; its id is {@code fake-batch}, its queue {@code default}. */
    public static FakeBatch named(String name) {
        return new FakeBatch(name).jobs(1);
    }

    /** It has so many jobs, the one under test included. */
    public FakeBatch jobs(int total) {
        state = BatchChange.added(state, total - state.total());
        return this;
    }

    /** So many more of its jobs have ended well. */
    public FakeBatch succeeded(int jobs) {
        for (int i = 0; i < jobs; i++) {
            ended(new BatchEnds(List.of("fake-succeeded"), List.of(), List.of(), 0, 0));
        }
        return this;
    }

    /** One more of its jobs has failed, which cancels it unless it {@link #allowsFailures}. */
    public FakeBatch failed(String reason) {
        ended(BatchEnds.failed("fake-failed", 1, reason));
        return this;
    }

    /** A failed job does not cancel it. */
    public FakeBatch allowsFailures() {
        NewBatch allowing = NewBatch.of(state.id(), state.queue())
                .withName(state.name())
                .opened()
                .allowingFailures();
        int total = state.total();
        state = BatchChange.added(BatchChange.created(allowing, NOW).batch(), total);
        return this;
    }

    /** Somebody has cancelled it. */
    public FakeBatch cancel() {
        state = BatchChange.cancelled(state, NOW);
        return this;
    }

    /** Nothing of it is left to run, as for its finally-callback; all of its jobs that have not ended did so well. */
    public FakeBatch finish() {
        succeeded(state.pending());
        state = BatchChange.sealed(state, NOW).batch();
        return this;
    }

    /** As a job sees it now. */
    public Batch batch() {
        return new Batch(state, () -> workflows);
    }

    /** Whether it is cancelled, by the test or by the job. */
    public boolean cancelled() {
        return state.cancelled();
    }

    /** The jobs that were added to it, in order. */
    public List<Object> added() {
        return List.copyOf(added);
    }

    /** It is cancelled. */
    public FakeBatch assertCancelled() {
        if (!cancelled()) {
            throw unmet("Expected the batch to be cancelled, but it was not.");
        }
        return this;
    }

    /** It is not cancelled. */
    public FakeBatch assertNotCancelled() {
        if (cancelled()) {
            throw unmet("Expected the batch not to be cancelled, but it was.");
        }
        return this;
    }

    /** Exactly these jobs were added to it, in this order: of each its class, or an equal job. */
    public FakeBatch assertAdded(Object... jobs) {
        List<ExpectedJob> expected = ExpectedJob.all(jobs);
        if (!ExpectedJob.fit(expected, added)) {
            throw unmet("Expected " + ExpectedJob.worded(expected) + " to be added to the batch, but it was not so.");
        }
        return this;
    }

    /** Nothing was added to it. */
    public FakeBatch assertNothingAdded() {
        if (!added.isEmpty()) {
            throw unmet("Expected nothing to be added to the batch, but something was.");
        }
        return this;
    }

    Workflows workflows() {
        return workflows;
    }

    private void ended(BatchEnds ends) {
        state = BatchChange.ended(state, ends, NOW).batch();
    }

    private AssertionError unmet(String expectation) {
        return Wording.failed(
                expectation, "added", added.stream().map(Object::toString).toList());
    }

    private void add(List<?> jobs) {
        if (state.finished()) {
            throw new IllegalStateException("Batch " + state.id()
                    + " is finished: jobs are added from within one of its own jobs, or before it ends");
        }
        added.addAll(jobs);
        state = BatchChange.added(state, jobs.size());
    }

    /** Where real ones would go to the store. */
    private final class Recording implements Workflows {
        @Override
        public Optional<StoredBatch> find(String batchId) {
            return Optional.of(state);
        }

        @Override
        public Optional<StoredBatch> cancel(String batchId) {
            FakeBatch.this.cancel();
            return Optional.of(state);
        }

        @Override
        public void add(Batch batch, List<?> jobs) {
            FakeBatch.this.add(jobs);
        }

        @Override
        public List<JobLink> links(List<?> jobs, Place place) {
            return Workflows.NONE.links(jobs, place);
        }

        @Override
        public void begin(BatchLink batch, JobFlow following) {
            Workflows.NONE.begin(batch, following);
        }

        @Override
        public void tell(FailureNotice notice, JobContext context) {
            Workflows.NONE.tell(notice, context);
        }
    }
}
