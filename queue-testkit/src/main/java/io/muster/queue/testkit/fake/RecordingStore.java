package io.muster.queue.testkit.fake;

import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredJob;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Says of each job that the store beneath accepted that it did. */
final class RecordingStore implements JobStore {
    private final JobStore store;
    private final Intake intake;

    RecordingStore(JobStore store, Consumer<NewJob> accepted) {
        this.store = store;
        this.intake = new RecordingIntake(store.intake(), accepted);
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
    public void close() {
        store.close();
    }

    private record RecordingIntake(Intake beneath, Consumer<NewJob> accepted) implements Intake {
        @Override
        public List<PushOutcome> push(List<NewJob> jobs) {
            List<PushOutcome> outcomes = beneath.push(jobs);
            for (int i = 0; i < jobs.size(); i++) {
                if (outcomes.get(i) instanceof PushOutcome.Pushed) {
                    accepted.accept(jobs.get(i));
                }
            }
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
