package io.muster.queue.testkit.fake;

import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says of each job and batch that the store beneath accepted that it did. */
final class RecordingStore implements JobStore {
    private final JobStore store;
    private final Intake intake;
    private final BatchDesk batches;

    RecordingStore(JobStore store, Recorder recorder) {
        this.store = store;
        this.intake = new RecordingIntake(store.intake(), recorder);
        this.batches = new RecordingBatches(store.batches(), recorder);
    }

    /** Is told what was accepted, before the caller is. */
    interface Recorder {
        /** A job, perhaps of a batch that is known. */
        void pushed(NewJob job);

        /** A batch and its first jobs. */
        void batched(NewBatch batch, List<NewJob> members);
    }

    private static List<NewJob> accepted(List<NewJob> jobs, List<PushOutcome> outcomes) {
        List<NewJob> accepted = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (outcomes.get(i) instanceof PushOutcome.Pushed) {
                accepted.add(jobs.get(i));
            }
        }
        return accepted;
    }

    @Override
    public StoreCapabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public Intake intake() {
        return intake;
    }

    @Override
    public LeaderDesk leader() {
        return store.leader();
    }

    @Override
    public NodeDesk nodes() {
        return store.nodes();
    }

    @Override
    public ScheduleDesk schedules() {
        return store.schedules();
    }

    @Override
    public LimitDesk limits() {
        return store.limits();
    }

    @Override
    public BatchDesk batches() {
        return batches;
    }

    @Override
    public void close() {
        store.close();
    }

    private record RecordingBatches(BatchDesk beneath, Recorder recorder) implements BatchDesk {
        @Override
        public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
            List<PushOutcome> outcomes = beneath.create(batch, members);
            recorder.batched(batch, accepted(members, outcomes));
            return outcomes;
        }

        @Override
        public void seal(String batchId) {
            beneath.seal(batchId);
        }

        @Override
        public Optional<StoredBatch> find(String batchId) {
            return beneath.find(batchId);
        }

        @Override
        public BatchPage list(Optional<String> from, int limit) {
            return beneath.list(from, limit);
        }

        @Override
        public Optional<StoredBatch> cancel(String batchId) {
            return beneath.cancel(batchId);
        }

        @Override
        public int prune(BatchAges ages, Instant now, int limit) {
            return beneath.prune(ages, now, limit);
        }
    }

    private record RecordingIntake(Intake beneath, Recorder recorder) implements Intake {
        @Override
        public List<PushOutcome> push(List<NewJob> jobs) {
            List<PushOutcome> outcomes = beneath.push(jobs);
            accepted(jobs, outcomes).forEach(recorder::pushed);
            return outcomes;
        }

        @Override
        public Optional<StoredJob> find(String jobId) {
            return beneath.find(jobId);
        }

        @Override
        public JobObstacles obstacles(String jobId) {
            return beneath.obstacles(jobId);
        }

        @Override
        public List<QueueCounts> counts() {
            return beneath.counts();
        }

        @Override
        public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
            return beneath.list(queue, state, from, limit);
        }

        @Override
        public void pause(String queue, String by) {
            beneath.pause(queue, by);
        }

        @Override
        public void resume(String queue) {
            beneath.resume(queue);
        }

        @Override
        public int clear(String queue, int limit) {
            return beneath.clear(queue, limit);
        }

        @Override
        public List<RetryOutcome> retry(List<String> jobIds) {
            return beneath.retry(jobIds);
        }

        @Override
        public Set<String> forget(List<String> jobIds) {
            return beneath.forget(jobIds);
        }
    }
}
