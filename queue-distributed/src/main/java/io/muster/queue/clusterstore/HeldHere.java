package io.muster.queue.clusterstore;

import io.muster.queue.clusterstore.HeldJobs.Held;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The incarnations that work in this process: a leader here hands them what it assigned, and asks nobody how much they hold. Thread-safe. */
final class HeldHere {
    private final Map<String, HeldJobs> byIncarnation = new ConcurrentHashMap<>();

    HeldJobs begin(String incarnation, Function<String, HeldJobs> open) {
        return byIncarnation.computeIfAbsent(incarnation, open);
    }

    void end(String incarnation) {
        HeldJobs held = byIncarnation.remove(incarnation);
        if (held != null) {
            held.close();
        }
    }

    /** If what it holds is known here. */
    Optional<HeldJobs> of(String incarnation) {
        return Optional.ofNullable(byIncarnation.get(incarnation)).filter(HeldJobs::isKnown);
    }

    /** These were just assigned to it; the watch tells of them later. */
    void assigned(String incarnation, List<Held> jobs) {
        HeldJobs held = byIncarnation.get(incarnation);
        if (held != null) {
            held.assignedHere(jobs);
        }
    }
}
