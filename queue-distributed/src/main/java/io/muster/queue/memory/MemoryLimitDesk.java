package io.muster.queue.memory;

import io.muster.queue.store.JobStore;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;

final class MemoryLimitDesk implements JobStore.LimitDesk {
    private final MemoryStore store;

    MemoryLimitDesk(MemoryStore store) {
        this.store = store;
    }

    @Override
    public LimitReply ask(LimitCall call) {
        return store.alone((content, now) -> content.limits().ask(call, now.toEpochMilli()));
    }
}
