package io.muster.queue;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.sync.SyncJobs;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Where what follows on jobs that run in their caller goes.
 *
 * @param connection on which they are
 * @param others how jobs get to other connections, by name
 * @param here which jobs of this connection run in their caller
 * @param beside what takes its others
 */
record CallerWay(
        String connection,
        Function<String, Optional<Function<List<NewJob>, List<PushOutcome>>>> others,
        Predicate<NewJob> here,
        Consumer<NewJob> beside)
        implements SyncJobs.Onward {
    @Override
    public boolean isHere(OutboxEntry entry) {
        return elsewhere(entry).isEmpty() && here.test(entry.job());
    }

    @Override
    public void push(OutboxEntry entry) {
        Optional<String> target = elsewhere(entry);
        if (target.isEmpty()) {
            beside.accept(entry.job());
            return;
        }
        Function<List<NewJob>, List<PushOutcome>> way = others.apply(target.get())
                .orElseThrow(() -> new IllegalArgumentException("Unknown queue connection \"" + target.get()
                        + "\" for a job that follows; there is \"" + connection + "\""));
        List<PushOutcome> unused = way.apply(List.of(entry.job()));
    }

    @Override
    public Throwable told(NewJob job, Throwable cause) {
        return cause instanceof RuntimeException || cause instanceof Error
                ? cause
                : new QueueException(
                        "Job " + job.id() + " of type \"" + job.type() + "\" on queue \"" + job.queue()
                                + "\" of connection \"" + connection + "\" failed: " + cause.getMessage(),
                        cause);
    }

    private Optional<String> elsewhere(OutboxEntry entry) {
        return entry.connection().filter(name -> !name.equals(connection));
    }
}
