package io.muster.queue;

import io.muster.queue.job.Batch;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.FailureNotice;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.LateWorkflows;
import io.muster.queue.job.NextLink;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.job.Workflows;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.FailureTeller;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes jobs into chains and batches, and these into what a store keeps. Thread-safe. */
final class WorkflowDesk implements Workflows {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowDesk.class);
    private static final int MOST_TRIES = 5;

    private final WorkflowStore store;
    private final Dispatcher dispatcher;
    private final Outlet outlet;
    private final FailureTeller teller;
    private final LateWorkflows late;

    WorkflowDesk(JobStore store, Dispatcher dispatcher, Outlet outlet, FailureTeller teller, LateWorkflows late) {
        this(WorkflowStore.of(store), dispatcher, outlet, teller, late);
    }

    WorkflowDesk(WorkflowStore store, Dispatcher dispatcher, Outlet outlet, FailureTeller teller, LateWorkflows late) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.outlet = outlet;
        this.teller = teller;
        this.late = late;
    }

    LateWorkflows late() {
        return late;
    }

    String nextId() {
        return outlet.nextId();
    }

    Instant now() {
        return outlet.now();
    }

    String defaultQueue() {
        return dispatcher.defaultQueue();
    }

    /** The first job of a chain, when the transactions have committed for which it waits. */
    Dispatched push(Object job, Place place, JobLink first, JobFlow flow) {
        if (job instanceof BatchBuilder batch) {
            return dispatcher
                    .whenCommitted(batch.waits(), () -> push(first, flow))
                    .orElseGet(() -> new Dispatched.AwaitsCommit(first.job().id()));
        }
        Dispatch said = job instanceof Dispatch dispatch ? dispatch : dispatcher.job(job);
        return dispatcher.whenCommitted(said, place, first.job().id(), () -> push(first, flow));
    }

    /** A delay counts from now. */
    private Dispatched push(JobLink first, JobFlow flow) {
        NewJob job = flow.on(first.job());
        NewJob due = first.delay().isZero() ? job : job.withDueAt(now().plus(first.delay()));
        checkSize(due);
        if (first.connection().filter(name -> !dispatcher.isOwn(name)).isPresent()) {
            List<PushOutcome> outcomes =
                    dispatcher.elsewhere(first.connection().get()).apply(List.of(due));
            return new Dispatched.Stored(outcomes.get(0));
        }
        return new Dispatched.Stored(outlet.push(due));
    }

    @Override
    public List<JobLink> links(List<?> jobs, Place place) {
        Linking linking = new Linking();
        List<JobLink> links = links(jobs, place, linking);
        linking.warn();
        return links;
    }

    /** As part of a dispatch, which warns. */
    List<JobLink> links(List<?> jobs, Place place, Linking linking) {
        List<JobLink> links = new ArrayList<>();
        for (Object job : jobs) {
            if (job instanceof BatchBuilder batch) {
                BatchLink link = batch.link(linking);
                Place own = place.all() ? place : new Place(link.queue(), true, Optional.empty());
                links.add(dispatcher.link(dispatcher.job(link), own));
            } else {
                Dispatch said = job instanceof Dispatch dispatch ? dispatch : dispatcher.job(job);
                links.add(dispatcher.link(said, place, Optional.empty(), linking));
            }
        }
        return links;
    }

    /** A job as a template of a batch's callback. */
    JobLink callback(BatchEvent event, Object job, Place place, String batchId, Linking linking) {
        Dispatch said = job instanceof Dispatch dispatch ? dispatch : dispatcher.job(job);
        PayloadBinding binding =
                event == BatchEvent.PROGRESS ? PayloadBinding.progress(batchId) : PayloadBinding.beneath(batchId);
        return dispatcher.link(said, place, Optional.of(binding), linking);
    }

    /** When the transactions have committed for which it waits; what it answers before is what it is going to be. */
    Batch begin(BatchLink batch, boolean waits) {
        return dispatcher
                .whenCommitted(waits, () -> {
                    begin(batch, JobFlow.NONE);
                    return batch(batch.id());
                })
                .orElseGet(() -> planned(batch));
    }

    private Batch planned(BatchLink batch) {
        NewBatch created = new NewBatch(
                batch.id(), batch.name(), batch.queue(), batch.allowsFailures(), true, callbacks(batch, JobFlow.NONE));
        int jobs = batch.jobs().stream().mapToInt(List::size).sum();
        return new Batch(BatchChange.added(BatchChange.created(created, now()).batch(), jobs), late);
    }

    boolean waitsByDefault() {
        return dispatcher.waitsByDefault();
    }

    @Override
    public Optional<StoredBatch> find(String batchId) {
        return again("find batch " + batchId, () -> store.batches().find(batchId));
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        return again("cancel batch " + batchId, () -> store.batches().cancel(batchId));
    }

    Batch batch(String batchId) {
        return find(batchId)
                .map(stored -> new Batch(stored, late))
                .orElseThrow(() -> new QueueException("Batch " + batchId + " was pruned as soon as it was created"));
    }

    @Override
    public void add(Batch batch, List<?> jobs) {
        Place place = new Place(batch.queue(), true, Optional.empty());
        List<NewJob> members = links(jobs, place).stream()
                .map(link -> member(batch.id(), List.of(link)))
                .toList();
        members.forEach(this::checkSize);
        inChunks(members, some -> push(batch.id(), some));
    }

    @Override
    public void begin(BatchLink batch, JobFlow following) {
        List<NewJob> members =
                batch.jobs().stream().map(chain -> member(batch.id(), chain)).toList();
        members.forEach(this::checkSize);
        Map<BatchEvent, OutboxEntry> callbacks = callbacks(batch, following);
        int chunk = store.capabilities().fitting(members, beside(callbacks));
        boolean open = members.size() > chunk;
        NewBatch created =
                new NewBatch(batch.id(), batch.name(), batch.queue(), batch.allowsFailures(), open, callbacks);
        List<NewJob> first = members.subList(0, chunk);
        again("create batch " + batch.id(), () -> store.batches().create(created, first));
        if (open) {
            inChunks(members.subList(chunk, members.size()), some -> push(batch.id(), some));
            again("complete batch " + batch.id(), () -> {
                store.batches().seal(batch.id());
                return true;
            });
        }
    }

    /** What is written with the first jobs of a batch: callbacks, and what comes before the jobs is pushed as well. */
    private static List<NewJob> beside(Map<BatchEvent, OutboxEntry> callbacks) {
        return callbacks.entrySet().stream()
                .flatMap(callback ->
                        Collections.nCopies(
                                callback.getKey() == BatchEvent.BEFORE ? 2 : 1,
                                callback.getValue().job())
                                .stream())
                .toList();
    }

    @Override
    public void tell(FailureNotice notice, JobContext context) {
        Optional<StoredJob> failed = store.find(notice.jobId()).filter(job -> job.state() == JobState.FAILED);
        if (failed.isEmpty()) {
            return; // It was retried or forgotten.
        }
        StoredJob job = failed.get();
        Settlement.Failed failure =
                new Settlement.Failed(job.reason().orElse(""), job.detail().orElse(""), Settlement.Why.ASKED);
        teller.tell(job, failure, context);
        for (OutboxEntry entry : JobFlow.of(job.payload()).following(job.id(), failure, now())) {
            if (entry.connection().isPresent()) {
                List<PushOutcome> outcomes =
                        dispatcher.elsewhere(entry.connection().get()).apply(List.of(entry.job()));
                LOG.debug("Pushed to another connection outcomes={}", outcomes);
            } else {
                again("push what follows on " + job.id(), () -> store.push(List.of(entry.job())));
            }
        }
    }

    private static NewJob member(String batchId, List<JobLink> chain) {
        return JobFlow.NONE
                .inBatch(batchId)
                .withLinks(chain.subList(1, chain.size()))
                .on(chain.get(0).job());
    }

    private Map<BatchEvent, OutboxEntry> callbacks(BatchLink batch, JobFlow following) {
        Map<BatchEvent, JobLink> calls = new EnumMap<>(batch.calls());
        Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
        JobFlow told = JobFlow.NONE.ofBatch(batch.id());
        if (!following.links().isEmpty()) {
            JobLink then = Optional.ofNullable(calls.remove(BatchEvent.THEN))
                    .orElseGet(() -> dispatcher.link(
                            dispatcher.job(new NextLink()), new Place(batch.queue(), true, Optional.empty())));
            JobFlow flow = told.withLinks(following.links()).withCaught(following.caught());
            flow = following.chain().map(flow::inChain).orElse(flow);
            callbacks.put(BatchEvent.THEN, template(then, flow));
        }
        following.caught().ifPresent(caught -> {
            JobLink ofBatch =
                    new JobLink(caught.connection(), told.on(caught.job().withId(nextId())), caught.delay());
            OutboxEntry template = Optional.ofNullable(calls.remove(BatchEvent.CATCH))
                    .map(own -> template(own, told.withLinks(List.of(ofBatch))))
                    .orElseGet(() -> template(ofBatch, told));
            callbacks.put(BatchEvent.CATCH, template);
        });
        calls.forEach((event, link) -> callbacks.put(event, template(link, told)));
        return callbacks;
    }

    private static OutboxEntry template(JobLink link, JobFlow flow) {
        NewJob job = flow.on(link.job());
        return link.connection().map(name -> OutboxEntry.to(name, job)).orElseGet(() -> OutboxEntry.here(job));
    }

    private void push(String batchId, List<NewJob> members) {
        List<PushOutcome> outcomes = again("add jobs to batch " + batchId, () -> store.push(members));
        for (PushOutcome outcome : outcomes) {
            if (outcome instanceof PushOutcome.NotInBatch refused) {
                throw new IllegalStateException(
                        switch (refused.why()) {
                            case FINISHED ->
                                "Batch " + batchId
                                        + " is finished: jobs are added from within one of its own jobs, or before it ends";
                            case UNKNOWN -> "Batch " + batchId + " is not known; perhaps it was pruned";
                            case OTHER_QUEUE -> "Batch " + batchId + " is on another queue";
                        });
            }
        }
    }

    private void inChunks(List<NewJob> jobs, java.util.function.Consumer<List<NewJob>> each) {
        List<NewJob> left = jobs;
        while (!left.isEmpty()) {
            int some = store.capabilities().fitting(left);
            each.accept(left.subList(0, some));
            left = left.subList(some, left.size());
        }
    }

    private void checkSize(NewJob job) {
        int most = store.capabilities().mostPayloadBytes();
        if (job.payload().length > most) {
            throw new IllegalArgumentException("A chain of " + job.payload().length + " bytes that begins with type \""
                    + job.type() + "\" is too large: store "
                    + store.capabilities().store() + " takes " + most
                    + ". Keep the data elsewhere and chain references");
        }
    }

    /** With the same ids, which the store does not take twice. */
    private <T> T again(String what, Supplier<T> call) {
        for (int tries = 1; ; tries++) {
            try {
                return call.get();
            } catch (StoreOutcomeUnknownException e) {
                if (tries == MOST_TRIES) {
                    throw new QueueException("Could not " + what + ": " + e.getMessage(), e);
                }
                LOG.debug("Repeats after an unknown outcome what={} tries={}", what, tries);
                outlet.pause(Duration.ofMillis(20L << tries));
            } catch (StoreException e) {
                throw new QueueException("Could not " + what + ": " + e.getMessage(), e);
            }
        }
    }
}
