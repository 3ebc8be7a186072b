package io.muster.queue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobIds;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pushes jobs. Single pushes coalesce: the first caller sends at once, those who arrive during its flight form the next batch. A push whose
 * outcome is unknown is repeated with the same ids, which the store does not push twice. Thread-safe; the lock is never held over I/O.
 */
final class Pusher implements Outlet {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** The flight that is under way, and one's own. */
    private static final Duration TWO_FLIGHTS = PATIENCE.multipliedBy(2);

    private static final Backoff AGAIN = new Backoff(Duration.ofMillis(20), Duration.ofMillis(500));

    private final JobStore store;
    private final JobTypes types;
    private final Timeline timeline;
    private final String connection;
    private final Events events;

    /** Classes of which a job was read back once: one that cannot be is told by its first push. */
    private final Set<Class<?>> readable = ConcurrentHashMap.newKeySet();

    @GuardedBy("this")
    private List<Waiting> next = new ArrayList<>();

    @GuardedBy("this")
    private boolean inFlight;

    private record Waiting(NewJob job, CompletableFuture<PushOutcome> outcome) {}

    Pusher(JobStore store, JobTypes types, Timeline timeline, String connection, Events events) {
        this.store = store;
        this.connection = connection;
        this.events = events;
        this.types = types;
        this.timeline = timeline;
    }

    @Override
    public Instant now() {
        return timeline.clock().instant();
    }

    @Override
    public String nextId() {
        return JobIds.next(timeline);
    }

    @Override
    public NewJob encode(Object job, String queue, JobOptions options, PayloadBinding binding) {
        JobType<?> known = types.of(job);
        String type = known.name();
        byte[] payload = JobEnvelope.write(job, options, types.keys(), known, binding);
        if (!readable.contains(known.jobClass())) {
            JobEnvelope.read(payload)
                    .opened(types.keys(), known, binding.anyJob())
                    .job(known);
            readable.add(known.jobClass());
        }
        int most = store.capabilities().mostPayloadBytes();
        if (payload.length > most) {
            throw new IllegalArgumentException(
                    "Job of type \"" + type + "\" for queue \"" + queue + "\" has " + payload.length
                            + " bytes; store " + store.capabilities().store() + " takes " + most
                            + ". Keep the data elsewhere and push a reference.");
        }
        return NewJob.of(binding.id(), queue, type, payload);
    }

    @Override
    public PushOutcome push(NewJob job) {
        CompletableFuture<PushOutcome> outcome = new CompletableFuture<>();
        if (enlist(new Waiting(job, outcome))) {
            fly();
        }
        if (!timeline.await(outcome, Deadline.after(TWO_FLIGHTS, timeline.ticker()))) {
            throw new QueueException(
                    "Push of " + job + " of connection \"" + connection + "\" did not end in time",
                    new StoreOutcomeUnknownException("no answer"));
        }
        try {
            return outcome.join();
        } catch (CompletionException e) {
            throw unwrapped(e);
        }
    }

    @Override
    public CompletableFuture<PushOutcome> pushAsync(NewJob job) {
        CompletableFuture<PushOutcome> outcome = new CompletableFuture<>();
        if (enlist(new Waiting(job, outcome))) {
            timeline.start("push", this::flyOn);
        }
        return outcome;
    }

    /** All or nothing per chunk; chunks are what the store takes at once. */
    @Override
    public List<PushOutcome> bulk(List<NewJob> jobs) {
        List<PushOutcome> outcomes = new ArrayList<>(jobs.size());
        int chunk = store.capabilities().mostPushBatch();
        for (int from = 0; from < jobs.size(); from += chunk) {
            List<NewJob> some = jobs.subList(from, Math.min(jobs.size(), from + chunk));
            List<PushOutcome> pushed = send(some);
            if (events.wants(QueueEvent.JobQueued.class)) {
                raise(some, pushed);
            }
            outcomes.addAll(pushed);
        }
        return outcomes;
    }

    private void raise(List<NewJob> jobs, List<PushOutcome> outcomes) {
        for (int i = 0; i < jobs.size(); i++) {
            if (outcomes.get(i) instanceof PushOutcome.Pushed) {
                NewJob job = jobs.get(i);
                events.raise(new QueueEvent.JobQueued(connection, job.queue(), job.type(), job.id()));
            }
        }
    }

    /** Whether the caller has to fly. */
    private synchronized boolean enlist(Waiting waiting) {
        next.add(waiting);
        boolean first = !inFlight;
        inFlight = true;
        return first;
    }

    /** Sends what waits now; who came meanwhile is sent by a task, so that no caller works for others for long. */
    private void fly() {
        send();
        if (landedWithOthersWaiting()) {
            timeline.start("push", this::flyOn);
        }
    }

    private void flyOn() {
        do {
            send();
        } while (landedWithOthersWaiting());
    }

    private void send() {
        List<Waiting> batch = board();
        try {
            List<PushOutcome> outcomes = bulk(batch.stream().map(Waiting::job).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).outcome().complete(outcomes.get(i));
            }
        } catch (RuntimeException e) {
            batch.forEach(waiting -> waiting.outcome().completeExceptionally(e));
        }
    }

    private synchronized boolean landedWithOthersWaiting() {
        inFlight = !next.isEmpty();
        return inFlight;
    }

    private synchronized List<Waiting> board() {
        List<Waiting> batch = next;
        next = new ArrayList<>();
        return batch;
    }

    private List<PushOutcome> send(List<NewJob> jobs) {
        Deadline deadline = Deadline.after(PATIENCE, timeline.ticker());
        for (int failures = 1; ; failures++) {
            try {
                List<PushOutcome> outcomes = store.intake().push(jobs);
                return failures == 1
                        ? outcomes
                        : outcomes.stream().map(Pusher::ours).toList();
            } catch (StoreOutcomeUnknownException e) {
                Deadline wait = deadline.orAfter(AGAIN.after(failures, timeline.random()));
                timeline.await(new CompletableFuture<Void>(), wait);
                if (deadline.expired()) {
                    throw failed(jobs, e);
                }
            } catch (StoreException e) {
                throw failed(jobs, e);
            }
        }
    }

    /** On a repeated push, a known id is the one that the first try left. */
    private static PushOutcome ours(PushOutcome outcome) {
        return outcome instanceof PushOutcome.SameId same ? new PushOutcome.Pushed(same.jobId()) : outcome;
    }

    private QueueException failed(List<NewJob> jobs, StoreException cause) {
        NewJob first = jobs.get(0);
        String what = jobs.size() == 1
                ? "job " + first.id() + " of type \"" + first.type() + "\""
                : jobs.size() + " jobs, the first " + first.id() + " of type \"" + first.type() + "\",";
        return new QueueException(
                "Could not push " + what + " to queue \"" + first.queue() + "\" of connection \"" + connection + "\": "
                        + cause.getMessage(),
                cause);
    }

    private static RuntimeException unwrapped(CompletionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : e;
    }
}
