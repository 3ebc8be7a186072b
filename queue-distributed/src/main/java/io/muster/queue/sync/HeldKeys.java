package io.muster.queue.sync;

import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Keys that jobs of this process hold while they run. Thread-safe. */
final class HeldKeys {
    private final Timeline timeline;
    private final Map<String, Hold> holds = new HashMap<>();

    /** @param until when it ends by itself; empty: with the job */
    private record Hold(String jobId, Optional<Instant> until) {}

    HeldKeys(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Takes the key for the job; answers the id of the one that holds it, empty if that is this one now. */
    synchronized Optional<String> take(String key, String jobId, Optional<Duration> most) {
        Instant now = timeline.clock().instant();
        Hold held = holds.get(key);
        if (held != null && held.until().filter(until -> !until.isAfter(now)).isEmpty()) {
            return Optional.of(held.jobId());
        }
        holds.put(key, new Hold(jobId, most.map(now::plus)));
        return Optional.empty();
    }

    /** Frees the key if this job holds it still. */
    synchronized void free(String key, String jobId) {
        Hold held = holds.get(key);
        if (held != null && held.jobId().equals(jobId)) {
            holds.remove(key);
        }
    }
}
