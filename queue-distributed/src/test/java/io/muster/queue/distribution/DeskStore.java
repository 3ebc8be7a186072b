package io.muster.queue.distribution;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;

/** A store of which a leader needs only its desk. */
record DeskStore(RecordingDesk leader) implements JobStore {
    @Override
    public StoreCapabilities capabilities() {
        throw new UnsupportedOperationException("not a leader's business");
    }

    @Override
    public Intake intake() {
        throw new UnsupportedOperationException("not a leader's business");
    }

    @Override
    public NodeDesk nodes() {
        throw new UnsupportedOperationException("not a leader's business");
    }

    @Override
    public LimitDesk limits() {
        throw new UnsupportedOperationException("not a leader's business");
    }

    @Override
    public ScheduleDesk schedules() {
        return MemoryStore.open(MemoryOptions.DEFAULT, ManualTimeline.ordered()).schedules();
    }

    @Override
    public void close() {}
}
