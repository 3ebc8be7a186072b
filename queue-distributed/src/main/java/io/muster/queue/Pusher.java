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
import io.muster.queue.store.JobStore.Intake.Answered;
import io.muster.queue.store.JobStore.Intake.Begun;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

    /** So many chunks of a bulk are under way at once. */
    private static final int BULK_FLIGHTS = 3;
    /** Fewer single pushes than twice as many fly together. */
    private static final int LEAST_OF_TWO = 20;

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

    /** Jobs that are on their way to the store together. */
    private record Flight(List<NewJob> jobs, Begun begun, Deadline deadline) {
        /** Neither done nor failed when it was begun. */
        boolean isUnderWay() {
            return !(begun instanceof Answered) && !(begun instanceof Refused);
        }
    }

    /** A push that could not be begun. */
    private record Refused(RuntimeException cause) implements Begun {
        @Override
        public List<PushOutcome> await() {
            throw cause;
        }
    }

    /** Single pushes in one flight. */
    private record Boarded(List<Waiting> waiting, Flight flight) {}

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
    public void pause(Duration duration) {
        timeline.await(new CompletableFuture<Void>(), Deadline.after(duration, timeline.ticker()));
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
        return NewJob.toldOf(binding.id(), queue, type, payload);
    }

    @Override
    public Fate fate(NewJob job) {
        return Fate.KEPT;
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

    /** All or nothing per chunk; chunks are what the store takes at once, and some are under way together. */
    @Override
    public List<PushOutcome> bulk(List<NewJob> jobs) {
        List<PushOutcome> outcomes = new ArrayList<>(jobs.size());
        Deque<Flight> flying = new ArrayDeque<>();
        for (int from = 0; from < jobs.size(); ) {
            List<NewJob> left = jobs.subList(from, jobs.size());
            Flight flight = takeOff(left.subList(0, store.capabilities().fitting(left)));
            from += flight.jobs().size();
            flying.add(flight);
            while (flying.size() == BULK_FLIGHTS || (!flying.isEmpty() && !flight.isUnderWay())) {
                outcomes.addAll(land(flying.remove()));
            }
        }
        for (Flight flight : flying) {
            outcomes.addAll(land(flight));
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
        Boarded boarded = board(Integer.MAX_VALUE);
        land(boarded);
        if (othersWait()) {
            timeline.start("push", this::flyOn);
        }
    }

    /** With enough to send and a store that does not make the caller wait, one half is made ready while the store works on the other. */
    private void flyOn() {
        Deque<Boarded> flying = new ArrayDeque<>();
        boolean two = false;
        do {
            int waiting = waiting();
            if (flying.isEmpty() && waiting > 0) {
                flying.add(board(two && waiting >= 2 * LEAST_OF_TWO ? (waiting + 1) / 2 : waiting));
                two = flying.element().flight().isUnderWay();
                waiting = waiting();
            }
            if (two && flying.size() == 1 && waiting >= LEAST_OF_TWO) {
                int both = waiting + flying.element().waiting().size();
                flying.add(board(Math.max(LEAST_OF_TWO, both / 2)));
            }
            land(flying.remove());
        } while (!flying.isEmpty() || othersWait());
    }

    private void land(Boarded boarded) {
        List<Waiting> waiting = boarded.waiting();
        try {
            List<PushOutcome> outcomes = land(boarded.flight());
            for (int i = 0; i < waiting.size(); i++) {
                waiting.get(i).outcome().complete(outcomes.get(i));
            }
        } catch (RuntimeException e) {
            waiting.forEach(one -> one.outcome().completeExceptionally(e));
        }
    }

    private synchronized boolean othersWait() {
        inFlight = !next.isEmpty();
        return inFlight;
    }

    private synchronized int waiting() {
        return next.size();
    }

    private Boarded board(int most) {
        List<Waiting> boarded;
        synchronized (this) {
            int atOnce = Math.max(1, store.capabilities().mostPushBatch());
            List<Waiting> wanted = next.subList(0, Math.min(next.size(), Math.min(most, atOnce)));
            int taken = store.capabilities()
                    .fitting(wanted.stream().map(Waiting::job).toList());
            List<Waiting> first = next.subList(0, taken);
            boarded = List.copyOf(first);
            first.clear();
        }
        return new Boarded(boarded, takeOff(boarded.stream().map(Waiting::job).toList()));
    }

    private Flight takeOff(List<NewJob> jobs) {
        return new Flight(jobs, begin(jobs), Deadline.after(PATIENCE, timeline.ticker()));
    }

    /** What cannot be begun is told where the answer is awaited. */
    private Begun begin(List<NewJob> jobs) {
        try {
            return store.intake().beginPush(jobs);
        } catch (RuntimeException e) {
            return new Refused(e);
        }
    }

    private List<PushOutcome> land(Flight flight) {
        List<NewJob> jobs = flight.jobs();
        Begun begun = flight.begun();
        for (int failures = 1; ; failures++) {
            try {
                List<PushOutcome> outcomes = begun.await();
                List<PushOutcome> told = failures == 1
                        ? outcomes
                        : outcomes.stream().map(Pusher::ours).toList();
                if (events.wants(QueueEvent.JobQueued.class)) {
                    raise(jobs, told);
                }
                return told;
            } catch (StoreException e) {
                if (failures == 1 && !(e instanceof StoreOutcomeUnknownException)) {
                    throw failed(jobs, e);
                }
                Deadline wait = flight.deadline().orAfter(AGAIN.after(failures, timeline.random()));
                timeline.await(new CompletableFuture<Void>(), wait);
                if (flight.deadline().expired()) {
                    throw failed(jobs, unknown(e));
                }
                begun = begin(jobs);
            }
        }
    }

    /** That a repeat was not applied says nothing of the first try: what was unknown stays so until a repeat is answered. */
    private static StoreException unknown(StoreException last) {
        return last instanceof StoreOutcomeUnknownException
                ? last
                : new StoreOutcomeUnknownException(
                        "an earlier try was not answered and may be applied; since then: " + last.getMessage(), last);
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
