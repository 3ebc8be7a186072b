package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadException;
import io.muster.queue.job.Precedence;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that reads an attempt, runs its handler, and goes on with the next one that {@link Slots} has for it: handing each job from
 * thread to thread would cost more than most jobs. It ends once it is left with a handler that does not.
 */
final class Runner {
    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    private final PoolSetting setting;
    private final Slots slots;
    private final HandlerRun.Surroundings surroundings;
    private volatile Timeline.Task task = new Unstarted();

    Runner(PoolSetting setting, Slots slots, HandlerRun.Surroundings surroundings) {
        this.setting = setting;
        this.slots = slots;
        this.surroundings = surroundings;
    }

    /** Call once. */
    void start(Slot first) {
        task = setting.timeline().start(setting.node() + "-" + setting.options().name(), () -> work(first));
    }

    /** Tells its handler to stop; the slot was left before. */
    void interrupt() {
        task.interrupt();
    }

    boolean ended() {
        return task.ended();
    }

    private void work(Slot first) {
        Optional<Slot> slot = Optional.of(first);
        while (slot.isPresent()) {
            Thread.interrupted(); // What the handler before left behind is not for this one.
            slot = workOn(slot.get());
        }
    }

    private Optional<Slot> workOn(Slot slot) {
        Attempt attempt = slot.attempt;
        HandlerRun run;
        JobCall<?> call;
        try {
            JobType<?> type = setting.types()
                    .named(attempt.type())
                    .filter(known -> setting.types().handled().contains(known.name()))
                    .orElseThrow(() -> unknown(attempt));
            JobEnvelope envelope = attempt.type().equals(NewJob.FAILURE_NOTICE)
                    ? JobEnvelope.ofNotice(attempt.payload())
                    : JobEnvelope.read(attempt.payload())
                            .opened(
                                    setting.types().keys(),
                                    type,
                                    attempt.token().jobId());
            AttemptOptions options = Precedence.atAttempt(
                    envelope.options(), type, setting.options().jobDefaults());
            run = new HandlerRun(attempt, options, surroundings, envelope.flow(), envelope.lease());
            call = JobCall.of(setting.types(), type, envelope);
        } catch (RuntimeException e) {
            return unreadable(slot, attempt, e);
        } catch (Error e) { // A class that cannot be loaded, or no memory: the slot must not be lost with the thread.
            return slots.unreadable(slot, ended(attempt, e), false);
        }
        if (!slots.begin(slot, run, call)) {
            return Optional.empty();
        }
        long began = setting.timeline().ticker().nanos();
        run.freeKeyHeldUntilProcessing();
        Outcome outcome = outcome(run, call);
        boolean endsWell = outcome instanceof Settlement.Completed || outcome instanceof Settlement.Discarded;
        if (endsWell && run.isOwner()) {
            run.freeKey();
        }
        return slots.returned(
                slot, outcome, run.cause(), setting.timeline().ticker().nanos() - began);
    }

    /** It fails. If the job itself can be read all the same, and only its options or its chain cannot, its failed hook is told. J9 */
    private Optional<Slot> unreadable(Slot slot, Attempt attempt, RuntimeException cause) {
        Settlement.Failed failed = ended(attempt, cause);
        HandlerRun run;
        JobCall<?> call;
        try {
            JobType<?> type = setting.types()
                    .named(attempt.type())
                    .filter(known -> setting.types().handled().contains(known.name()))
                    .orElseThrow(() -> unknown(attempt));
            JobEnvelope envelope = JobEnvelope.jobOf(attempt.payload())
                    .opened(setting.types().keys(), type, attempt.token().jobId());
            AttemptOptions options = Precedence.atAttempt(
                    envelope.options(), type, setting.options().jobDefaults());
            run = new HandlerRun(attempt, options, surroundings, envelope.flow(), Optional.empty());
            call = JobCall.of(setting.types(), type, envelope);
        } catch (RuntimeException e) { // The job is not there to be told.
            return slots.unreadable(slot, failed, true);
        } catch (Error e) { // As above: this may be the first to load the job's class.
            return slots.unreadable(slot, failed, false);
        }
        return slots.begin(slot, run, call) ? slots.returned(slot, failed, Optional.of(cause), 0) : Optional.empty();
    }

    private static Outcome outcome(HandlerRun run, JobCall<?> call) {
        try {
            return call.run(run);
        } catch (Throwable e) { // What a handler throws is code too, which may fail when it is asked what it is.
            LOG.warn("What a handler threw cannot be looked at; its job fails job={}", run.jobId(), e);
            return new Settlement.Failed(
                    "What the handler threw cannot be looked at: "
                            + e.getClass().getName(),
                    "",
                    Settlement.Why.EXCEPTION);
        }
    }

    private Settlement.Failed ended(Attempt attempt, Throwable cause) {
        if (surroundings.trusted().getAsBoolean()) {
            JobEnvelope.lease(attempt.payload()).ifPresent(lease -> surroundings
                    .supplies()
                    .leases()
                    .release(lease, attempt.token().jobId()));
        }
        return unreadable(attempt, cause);
    }

    private static Settlement.Failed unreadable(Attempt attempt, Throwable cause) {
        LOG.warn(
                "Job cannot be read; it fails and is kept job={} type={} reason={}",
                attempt.token().jobId(),
                attempt.type(),
                cause.getMessage());
        return new Settlement.Failed(String.valueOf(cause.getMessage()), "", Settlement.Why.ASKED);
    }

    private PayloadException unknown(Attempt attempt) {
        return new PayloadException("Job type \"" + attempt.type() + "\" has no handler on node " + setting.node()
                + "; register one, or let nodes that have it serve queue \"" + attempt.queue() + "\"");
    }

    /** Stands in until the task exists. */
    private static final class Unstarted implements Timeline.Task {
        @Override
        public void interrupt() {}

        @Override
        public boolean ended() {
            return false;
        }
    }
}
