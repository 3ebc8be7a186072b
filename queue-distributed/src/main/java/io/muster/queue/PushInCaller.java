package io.muster.queue;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.util.List;
import java.util.function.Function;

/** The way to a connection that runs jobs in whoever pushes them: not for leaders, who push what follows on others' jobs. */
record PushInCaller(Function<List<NewJob>, List<PushOutcome>> way)
        implements Function<List<NewJob>, List<PushOutcome>> {
    @Override
    public List<PushOutcome> apply(List<NewJob> jobs) {
        return way.apply(jobs);
    }
}
