package io.muster.queue.distribution;

import io.muster.queue.store.Fence;
import io.muster.queue.store.OutboxEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what it was handed, and pushes nothing. */
final class RecordingRelay implements OutboxRelay {
    final List<String> handed = new ArrayList<>();
    Optional<Duration> again = Optional.empty();
    int openings;
    int forgotten;
    int ended;

    @Override
    public void forget() {
        forgotten++;
    }

    @Override
    public void end() {
        ended++;
    }

    @Override
    public void relay(Fence fence, List<OutboxEntry> entries) {
        entries.forEach(entry -> handed.add(entry.id()));
    }

    @Override
    public int openings() {
        return openings;
    }

    @Override
    public Optional<Duration> triesAgainAfter() {
        return again;
    }
}
