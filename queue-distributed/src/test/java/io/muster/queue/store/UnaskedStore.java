package io.muster.queue.store;

import io.muster.cluster.Subscription;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.JobStore.NodeDesk;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store, its intake and its nodes' desk, of which nothing is asked: whoever does is told so. A test overrides what its subject may ask. */
public class UnaskedStore implements JobStore, Intake, NodeDesk {
    private static UnsupportedOperationException unasked() {
        return new UnsupportedOperationException("not to be asked");
    }

    @Override
    public StoreCapabilities capabilities() {
        throw unasked();
    }

    @Override
    public Intake intake() {
        throw unasked();
    }

    @Override
    public LeaderDesk leader() {
        throw unasked();
    }

    @Override
    public NodeDesk nodes() {
        throw unasked();
    }

    @Override
    public LimitDesk limits() {
        throw unasked();
    }

    @Override
    public ScheduleDesk schedules() {
        throw unasked();
    }

    @Override
    public List<PushOutcome> push(List<NewJob> jobs) {
        throw unasked();
    }

    @Override
    public Optional<StoredJob> find(String jobId) {
        throw unasked();
    }

    @Override
    public JobObstacles obstacles(String jobId) {
        throw unasked();
    }

    @Override
    public List<QueueCounts> counts() {
        throw unasked();
    }

    @Override
    public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
        throw unasked();
    }

    @Override
    public void pause(String queue, String by) {
        throw unasked();
    }

    @Override
    public void resume(String queue) {
        throw unasked();
    }

    @Override
    public int clear(String queue, int limit) {
        throw unasked();
    }

    @Override
    public List<RetryOutcome> retry(List<String> jobIds) {
        throw unasked();
    }

    @Override
    public Set<String> forget(List<String> jobIds) {
        throw unasked();
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        throw unasked();
    }

    @Override
    public void leave(String incarnation) {
        throw unasked();
    }

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        throw unasked();
    }

    @Override
    public AssignReport reserve(Grant own, Instant now) {
        throw unasked();
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        throw unasked();
    }

    @Override
    public void close() {}
}
