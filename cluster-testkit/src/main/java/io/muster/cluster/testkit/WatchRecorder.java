package io.muster.cluster.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.WatchListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Follows a directory as a recipe would, and keeps what it was told. Thread-safe. */
public final class WatchRecorder implements WatchListener {
    @GuardedBy("this")
    private final Map<String, Entry> states = new TreeMap<>();

    @GuardedBy("this")
    private final List<Entry> told = new ArrayList<>();

    @GuardedBy("this")
    private final List<String> errors = new ArrayList<>();

    @GuardedBy("this")
    private int snapshots;

    @GuardedBy("this")
    private int calls;

    @Override
    public synchronized void onSnapshot(List<Entry> children) {
        calls++;
        snapshots++;
        states.clear();
        children.forEach(this::present);
    }

    @Override
    public synchronized void onChanges(List<Change> changes) {
        calls++;
        if (snapshots == 0) {
            errors.add("changes before the first snapshot");
        }
        for (Change change : changes) {
            if (change.entry().isPresent()) {
                present(change.entry().get());
            } else {
                states.remove(change.key().name());
            }
        }
    }

    /** Present children by name. */
    public synchronized Map<String, Entry> states() {
        return Collections.unmodifiableMap(new TreeMap<>(states));
    }

    public synchronized Set<String> names() {
        return Set.copyOf(states.keySet());
    }

    /** A child, which must exist. */
    public synchronized Entry entry(String name) {
        Entry entry = states.get(name);
        if (entry == null) {
            throw new AssertionError("Not told of " + name);
        }
        return entry;
    }

    /** The value of a child as text; empty if there is none. */
    public synchronized String text(String name) {
        Entry entry = states.get(name);
        return entry == null ? "" : Bench.text(entry);
    }

    /** All states ever told, in order. */
    public synchronized List<Entry> told() {
        return List.copyOf(told);
    }

    public synchronized int snapshots() {
        return snapshots;
    }

    /** How often the listener was called. */
    public synchronized int calls() {
        return calls;
    }

    /** What broke the contract. */
    public synchronized List<String> errors() {
        return List.copyOf(errors);
    }

    @GuardedBy("this")
    private void present(Entry entry) {
        told.add(entry);
        Entry before = states.put(entry.key().name(), entry);
        if (before != null && entry.created() < before.created()) {
            errors.add("went back: " + before + " to " + entry);
        }
    }
}
