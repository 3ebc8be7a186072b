package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Key;
import io.muster.queue.clusterstore.HeldJobs.Held;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The incarnations that work in this process: a leader here hands them what it assigned, and asks nobody how much they hold. Thread-safe. */
final class HeldHere {
    private final Map<String, HeldJobs> byIncarnation = new ConcurrentHashMap<>();
    private final AtomicInteger led = new AtomicInteger();

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

    /** A group is led by this process until {@link #isLedNoMore}. */
    void isLed() {
        led.incrementAndGet();
    }

    /** Somebody else may assign from now on. */
    void isLedNoMore() {
        led.decrementAndGet();
        watchAgain();
    }

    /** Whoever calls this leads the only group and assigns to that incarnation: it needs no watch as long as that is so. */
    void isToldHere(String incarnation) {
        HeldJobs held = byIncarnation.get(incarnation);
        if (held != null) {
            held.isToldHere(() -> led.get() > 0);
        }
    }

    /** Others may assign to all of them, or an assignment from here may not be known. */
    void watchAgain() {
        byIncarnation.values().forEach(HeldJobs::watchAgain);
    }

    /** These were just taken back from it: without a watch nobody else tells. */
    void tookBack(String incarnation, List<Key> keys) {
        HeldJobs held = byIncarnation.get(incarnation);
        if (held != null) {
            keys.forEach(held::left);
        }
    }

    /** These were just assigned to it; the watch tells of them later. */
    void assigned(String incarnation, List<Held> jobs) {
        HeldJobs held = byIncarnation.get(incarnation);
        if (held != null) {
            held.assignedHere(jobs);
        }
    }
}
