package io.muster.queue;

import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.event.QueueEvent.EventJob;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.worker.PoolWatch;
import java.util.List;

/** What pools and attempts do, as events, as far as somebody listens. */
record WorkerEvents(String connection, Events events) implements PoolWatch {
    @Override
    public void looping(String pool, List<String> queues) {
        if (events.wants(QueueEvent.Looping.class)) {
            events.raise(new QueueEvent.Looping(connection, pool, queues));
        }
    }

    @Override
    public void starting(Attempt attempt) {
        if (events.wants(QueueEvent.BeforeJob.class)) {
            events.raise(new QueueEvent.BeforeJob(connection, job(attempt)));
        }
    }

    @Override
    public void threw(Attempt attempt, Throwable cause) {
        if (events.wants(QueueEvent.ExceptionOccurred.class)) {
            events.raise(new QueueEvent.ExceptionOccurred(connection, job(attempt), cause));
        }
    }

    @Override
    public void completed(Attempt attempt) {
        if (events.wants(QueueEvent.AfterJob.class)) {
            events.raise(new QueueEvent.AfterJob(connection, job(attempt)));
        }
    }

    @Override
    public void failed(Attempt attempt, Settlement.Failed failure) {
        if (events.wants(QueueEvent.JobFailed.class)) {
            events.raise(new QueueEvent.JobFailed(connection, job(attempt), failure.reason(), failure.detail()));
        }
    }

    @Override
    public void stopping(String pool) {
        events.raise(new QueueEvent.WorkerStopping(connection, pool));
    }

    private static EventJob job(Attempt attempt) {
        return new EventJob(
                attempt.token().jobId(),
                attempt.queue(),
                attempt.type(),
                attempt.counters().starts(),
                attempt.pushedAt(),
                attempt.payload());
    }
}
