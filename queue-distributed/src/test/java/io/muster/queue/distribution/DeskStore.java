package io.muster.queue.distribution;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.UnaskedStore;

/** A store of which a leader needs only its desk. */
final class DeskStore extends UnaskedStore {
    private final RecordingDesk desk;

    DeskStore(RecordingDesk desk) {
        this.desk = desk;
    }

    @Override
    public RecordingDesk leader() {
        return desk;
    }

    @Override
    public ScheduleDesk schedules() {
        return MemoryStore.open(MemoryOptions.DEFAULT, ManualTimeline.ordered()).schedules();
    }
}
