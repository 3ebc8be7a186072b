package io.muster.queue.testkit.fake;

import io.muster.queue.Outgoing;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.JobOptions;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What reached the store of a fake, with the objects that it was dispatched as. Thread-safe. */
final class PushRecords implements RecordingStore.Recorder {
    private final Map<String, Outgoing> said = new ConcurrentHashMap<>();
    private final List<PushedJob<Object>> pushed = new ArrayList<>();
    private final Map<String, PushedBatch> batches = new LinkedHashMap<>();

    /** A job is on its way, under its own id. */
    void leaves(Outgoing outgoing) {
        said.put(outgoing.id(), outgoing);
    }

    synchronized List<PushedJob<Object>> pushed() {
        return List.copyOf(pushed);
    }

    synchronized List<PushedBatch> batches() {
        return List.copyOf(batches.values());
    }

    synchronized void forget() {
        pushed.clear();
        batches.clear();
    }

    @Override
    public synchronized void pushed(NewJob accepted) {
        PushedJob<Object> job = job(accepted, Duration.ZERO);
        pushed.add(job);
        job.batchId().ifPresent(id -> batches.computeIfPresent(id, (key, batch) -> batch.with(List.of(job))));
    }

    @Override
    public synchronized void batched(NewBatch batch, List<NewJob> members) {
        Map<BatchEvent, PushedJob<Object>> callbacks = new EnumMap<>(BatchEvent.class);
        batch.callbacks().forEach((event, entry) -> callbacks.put(event, job(entry.job(), Duration.ZERO)));
        batches.put(
                batch.id(),
                new PushedBatch(batch.id(), batch.name(), batch.queue(), batch.allowsFailures(), List.of(), callbacks));
        members.forEach(this::pushed);
    }

    private PushedJob<Object> job(NewJob job, Duration delayed) {
        Optional<Outgoing> outgoing = Optional.ofNullable(said.remove(job.id()));
        Optional<JobOptions> options = outgoing.map(Outgoing::options);
        JobFlow flow = JobFlow.of(job.payload());
        boolean untilMoment = outgoing.flatMap(Outgoing::dueAt).isPresent();
        Duration delay =
                untilMoment ? Duration.ZERO : options.flatMap(JobOptions::delay).orElse(delayed);
        return new PushedJob<>(
                outgoing.map(Outgoing::job).map(this::shown).orElse(job),
                job.id(),
                job.type(),
                job.queue(),
                delay,
                job.dueAt().or(() -> outgoing.flatMap(Outgoing::dueAt)),
                job.priority(),
                options.flatMap(JobOptions::tags).orElse(Set.of()),
                job.unique().map(UniqueKey::key),
                job.batch().map(BatchMembership::batchId),
                flow.links().stream().map(this::link).toList(),
                flow.caught().map(this::link));
    }

    private PushedJob<Object> link(JobLink link) {
        return job(link.job(), link.delay());
    }

    private Object shown(Object job) {
        return job instanceof BatchLink batch ? batch(batch) : job;
    }

    private PushedBatch batch(BatchLink batch) {
        Map<BatchEvent, PushedJob<Object>> callbacks = new EnumMap<>(BatchEvent.class);
        batch.calls().forEach((event, link) -> callbacks.put(event, link(link)));
        return new PushedBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                batch.jobs().stream().map(this::chain).toList(),
                callbacks);
    }

    private PushedJob<Object> chain(List<JobLink> links) {
        PushedJob<Object> first = link(links.get(0));
        return new PushedJob<>(
                first.job(),
                first.id(),
                first.type(),
                first.queue(),
                first.delay(),
                first.dueAt(),
                first.priority(),
                first.tags(),
                first.uniqueKey(),
                first.batchId(),
                links.subList(1, links.size()).stream().map(this::link).toList(),
                first.caught());
    }
}
