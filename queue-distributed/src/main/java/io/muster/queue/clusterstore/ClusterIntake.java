package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.StoredJob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What producers and people do: a push is one transaction for its whole batch. */
final class ClusterIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterIntake.class);
    private static final int OPERATIONS_PER_JOB = 5;
    private static final int MOST_PUSH_BATCH = 200;
    private static final int MOST_CLEARED = 1000;

    private final Coordinator coordinator;
    private final StoreCapabilities capabilities;
    private final Room room;
    private final Search search;
    private final Burials burials;
    private final Batches batches;

    ClusterIntake(
            Coordinator coordinator, StoreCapabilities capabilities, Burials burials, Batches batches, int mostJobs) {
        this.coordinator = coordinator;
        this.batches = batches;
        this.capabilities = capabilities;
        this.burials = burials;
        this.search = new Search(coordinator);
        this.room = new Room(search, coordinator.timeline(), mostJobs);
    }

    /** What fits into one transaction together with the marks of as many queues, if they are not also of as many batches. */
    static int mostPushBatch(Capabilities capabilities) {
        return Math.max(1, Math.min(MOST_PUSH_BATCH, capabilities.mostOperations() / (OPERATIONS_PER_JOB + 1)));
    }

    @Override
    public List<PushOutcome> push(List<NewJob> jobs) {
        PushBatch batch = begin(jobs);
        while (!batch.isDecided()) {
            batch.judgeBatches();
            makeRoom(batch);
            if (batch.isDecided()) {
                break;
            }
            Transaction transaction = batch.transaction();
            if (transaction.operations() > coordinator.capabilities().mostOperations()) {
                return inHalves(jobs);
            }
            CommitResult result = coordinator.commit(transaction);
            if (result instanceof CommitResult.Conflict conflict) {
                batch.look(conflict.keys());
            } else {
                pushed(batch);
                markBehind(batch.unmarked());
            }
        }
        return batch.outcomes();
    }

    /** For unique jobs of many batches and queues. A repeat finds the first half by its ids. */
    private List<PushOutcome> inHalves(List<NewJob> jobs) {
        int half = jobs.size() / 2;
        List<PushOutcome> outcomes = new ArrayList<>(push(jobs.subList(0, half)));
        try {
            outcomes.addAll(push(jobs.subList(half, jobs.size())));
        } catch (StoreUnavailableException | StoreFullException e) {
            throw new StoreOutcomeUnknownException("A part of the jobs may be pushed: " + e.getMessage(), e);
        }
        return outcomes;
    }

    /** For a push with which this mark did not fit: if it cannot be written now, the jobs are found a little later. */
    private void markBehind(Set<String> queues) {
        if (queues.isEmpty()) {
            return;
        }
        Transaction.Builder marks = Transaction.builder();
        Burials.marks(queues).forEach(marks::write);
        try {
            coordinator.commit(marks.build());
        } catch (StoreException e) {
            LOG.debug("Pushed jobs are found by the leader's next full look queues={}", queues, e);
        }
    }

    /** A push that is to be decided; nothing is written yet. */
    PushBatch begin(List<NewJob> jobs) {
        capabilities.checkPush(jobs);
        return new PushBatch(
                coordinator, batches, jobs, coordinator.timeline().clock().instant());
    }

    /** What the batch has written is in the store. */
    void pushed(PushBatch batch) {
        room.took(batch.undecided());
        batch.pushed();
    }

    /** A full store still says which jobs it has already. */
    void makeRoom(PushBatch batch) {
        try {
            room.require(batch.undecided());
        } catch (StoreFullException e) {
            batch.lookForKnownIds();
            if (!batch.isDecided()) {
                room.require(batch.undecided());
            }
        }
    }

    void checkPayloads(List<NewJob> jobs) {
        capabilities.checkPayloads(jobs);
    }

    @Override
    public Optional<StoredJob> find(String jobId) {
        return search.find(jobId);
    }

    @Override
    public JobObstacles obstacles(String jobId) {
        return search.obstacles(jobId, coordinator.timeline().clock().instant());
    }

    @Override
    public List<QueueCounts> counts() {
        return search.counts();
    }

    @Override
    public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
        return search.list(queue, state, from, limit);
    }

    @Override
    public void pause(String queue, String by) {
        coordinator.commit(Transaction.builder()
                .write(Write.put(StoreKeys.pauseMark(queue), by.getBytes(StandardCharsets.UTF_8)))
                .build());
        Board.read(coordinator).fences().forEach(this::rewrite);
    }

    /** Refuses what a leader is about to assign by a board on which the queue is not paused; a fence that has changed meanwhile does so too. */
    private void rewrite(Entry fence) {
        coordinator.commit(Transaction.builder()
                .require(Compare.unchanged(fence))
                .write(Write.put(fence.key(), fence.value()))
                .build());
    }

    @Override
    public void resume(String queue) {
        Transaction.Builder transaction = Transaction.builder().write(Write.delete(StoreKeys.pauseMark(queue)));
        Burials.marks(Set.of(queue)).forEach(transaction::write);
        coordinator.commit(transaction.build());
    }

    @Override
    public int clear(String queue, int limit) {
        int cleared = clear(StoreKeys.ready(queue), queue, limit);
        return cleared + clear(StoreKeys.delayed(queue), queue, limit - cleared);
    }

    @Override
    public List<RetryOutcome> retry(List<String> jobIds) {
        Intake.checkIds(jobIds);
        room.require(jobIds.size());
        FailedJobs failed = new FailedJobs(coordinator);
        List<RetryOutcome> outcomes = failed.retry(jobIds);
        batches.count(failed.batches());
        room.took((int)
                outcomes.stream().filter(RetryOutcome.Retried.class::isInstance).count());
        return outcomes;
    }

    @Override
    public Set<String> forget(List<String> jobIds) {
        Intake.checkIds(jobIds);
        Set<String> forgotten = new LinkedHashSet<>();
        List<Items.Item> items = new ArrayList<>();
        new FailedJobs(coordinator)
                .names(new LinkedHashSet<>(jobIds))
                .forEach((id, entry) -> items.add(Tending.forgetting(entry, () -> forgotten.add(id))));
        new Items(coordinator, Burials.frame(Optional.empty(), Set.of())).commit(items);
        return forgotten;
    }

    private int clear(String directory, String queue, int limit) {
        if (limit <= 0) {
            return 0;
        }
        List<Entry> waiting = coordinator
                .page(ListRequest.first(directory, Math.min(limit, MOST_CLEARED)))
                .entries();
        int[] done = new int[1];
        List<Items.Item> items = waiting.stream()
                .map(entry -> burials.remove(entry, () -> done[0]++))
                .toList();
        new Items(coordinator, Burials.frame(Optional.empty(), Set.of(queue))).commit(items);
        batches.count(Items.batches(items));
        return done[0];
    }
}
