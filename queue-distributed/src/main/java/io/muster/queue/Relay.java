package io.muster.queue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Timeline;
import io.muster.queue.distribution.OutboxRelay;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes what follows on jobs elsewhere: in its own store at once, on other connections beside the caller, one flight per connection, so that one that
 * does not answer delays neither the leader nor what goes to others. What cannot be pushed is tried again with growing waits, and is
 * told until it went well. Thread-safe; no lock is held while anything is pushed. W1
 */
final class Relay implements OutboxRelay, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final Duration REFUSED_FOR = Duration.ofMinutes(10);
    private static final int MOST_WAITING = 1_000;
    /** Payloads of what waits for one connection; one entry may have more. */
    private static final int MOST_WAITING_BYTES = 8 << 20;

    private static final int MOST_PER_PUSH = 100;

    private final Setting setting;

    @GuardedBy("this")
    private final Map<String, Target> targets = new TreeMap<>();

    @GuardedBy("this")
    private int openings;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private boolean closed;

    /**
     * What it works with.
     *
     * @param connection name of the own one
     * @param others ways to other connections, which keep their jobs
     * @param changed called when what is {@link #held} has changed
     * @param wake called when there may be more to relay
     */
    record Setting(
            String node,
            String connection,
            JobStore store,
            Function<String, Optional<Function<List<NewJob>, List<PushOutcome>>>> others,
            Timeline timeline,
            Runnable changed,
            Runnable wake) {}

    /** One connection that entries are for; guarded by the relay. */
    private static final class Target {
        final Map<String, OutboxEntry> waiting = new LinkedHashMap<>();
        /** What is being pushed just now. */
        final Set<String> flying = new HashSet<>();

        long waitingBytes;
        /** Whether there was no room for an entry. */
        boolean passedOver;

        Optional<Fence> fence = Optional.empty();
        Optional<Timeline.Task> flight = Optional.empty();
        Optional<NodeReport.Held> held = Optional.empty();
        Optional<NodeReport.Held> refusal = Optional.empty();
        final Map<String, Long> refused = new LinkedHashMap<>();
        boolean flies;
        boolean opened;
        int failures;
        long againAtNanos;

        boolean mayBeTried(long nowNanos) {
            return held.isEmpty() || nowNanos - againAtNanos >= 0;
        }

        /** An entry that was refused is offered again after a while. */
        void take(OutboxEntry entry, long nowNanos) {
            String id = entry.id();
            boolean known = flying.contains(id) || waiting.containsKey(id);
            if (known || nowNanos - refused.getOrDefault(id, nowNanos) < 0) {
                return;
            }
            int bytes = entry.job().payload().length;
            if (waiting.size() >= MOST_WAITING || (!waiting.isEmpty() && waitingBytes + bytes > MOST_WAITING_BYTES)) {
                passedOver = true;
                return;
            }
            waiting.put(id, entry);
            waitingBytes += bytes;
        }

        List<OutboxEntry> takeOff() {
            List<OutboxEntry> some =
                    waiting.values().stream().limit(MOST_PER_PUSH).toList();
            flying.clear();
            for (OutboxEntry entry : some) {
                waiting.remove(entry.id());
                waitingBytes -= entry.job().payload().length;
                flying.add(entry.id());
            }
            return some;
        }

        void drop() {
            waiting.clear();
            waitingBytes = 0;
        }

        void reached() {
            held = Optional.empty();
            failures = 0;
        }

        void forget() {
            reached();
            drop();
            refused.clear();
            refusal = Optional.empty();
        }
    }

    Relay(Setting setting) {
        this.setting = setting;
    }

    /** What entries wait for, by connection; {@link NodeReport#HERE} is the leader's own store. */
    synchronized Map<String, NodeReport.Held> held() {
        Map<String, NodeReport.Held> held = new TreeMap<>();
        targets.forEach((name, target) -> target.held.or(() -> target.refusal).ifPresent(why -> held.put(name, why)));
        return held;
    }

    @Override
    public void forget() {
        forget(false);
    }

    @Override
    public void end() {
        forget(true);
    }

    private void forget(boolean atTheEnd) {
        boolean changed;
        synchronized (this) {
            ended = atTheEnd;
            changed = !held().isEmpty();
            targets.values().forEach(Target::forget);
        }
        if (changed) {
            setting.changed().run();
        }
    }

    @Override
    public void relay(Fence fence, List<OutboxEntry> entries) {
        Map<String, List<OutboxEntry>> byTarget = new LinkedHashMap<>();
        for (OutboxEntry entry : entries) {
            String name = entry.connection()
                    .filter(other -> !other.equals(setting.connection()))
                    .orElse(NodeReport.HERE);
            byTarget.computeIfAbsent(name, first -> new ArrayList<>()).add(entry);
        }
        byTarget.forEach((name, some) -> {
            if (name.equals(NodeReport.HERE)) {
                here(fence, some);
            } else {
                elsewhere(name, fence, some);
            }
        });
    }

    @Override
    public synchronized int openings() {
        long now = nanos();
        for (Target target : targets.values()) {
            if (target.held.isPresent() && !target.opened && target.mayBeTried(now)) {
                target.opened = true;
                openings++;
            }
        }
        return openings;
    }

    @Override
    public synchronized Optional<Duration> triesAgainAfter() {
        long now = nanos();
        return targets.values().stream()
                .filter(target -> target.held.isPresent() && !target.mayBeTried(now))
                .map(target -> Duration.ofNanos(target.againAtNanos - now))
                .min(Duration::compareTo);
    }

    /** Ends what is under way; what was not pushed stays in the outbox. */
    @Override
    public void close() {
        List<Timeline.Task> flights;
        synchronized (this) {
            closed = true;
            flights = targets.values().stream()
                    .flatMap(target -> target.flight.stream())
                    .toList();
        }
        flights.forEach(Timeline.Task::interrupt);
    }

    private void here(Fence fence, List<OutboxEntry> entries) {
        synchronized (this) {
            if (!target(NodeReport.HERE).mayBeTried(nanos())) {
                return;
            }
        }
        JobStore store = setting.store();
        List<NewJob> jobs = entries.stream().map(OutboxEntry::job).toList();
        try {
            for (int from = 0; from < entries.size(); ) {
                int to = from + store.capabilities().fitting(jobs.subList(from, jobs.size()));
                store.intake().push(jobs.subList(from, to));
                store.leader().relayed(fence, ids(entries.subList(from, to)));
                from = to;
            }
            reached(NodeReport.HERE);
        } catch (StoreFullException e) {
            missed(NodeReport.HERE, e);
        }
    }

    private synchronized void elsewhere(String name, Fence fence, List<OutboxEntry> entries) {
        Target target = target(name);
        if (!goesOn() || !target.mayBeTried(nanos())) {
            return;
        }
        target.fence = Optional.of(fence);
        for (OutboxEntry entry : entries) {
            target.take(entry, nanos());
        }
        if (!target.flies && !target.waiting.isEmpty()) {
            target.flies = true;
            target.flight =
                    Optional.of(setting.timeline().start(setting.node() + "-relay-" + name, () -> fly(name, target)));
        }
    }

    /** Until nothing waits for that connection, or it does not take it. */
    private void fly(String name, Target target) {
        try {
            for (List<OutboxEntry> some = next(target); !some.isEmpty(); some = next(target)) {
                push(name, some, fence(target));
                reached(name);
            }
        } catch (QueueException | ClusterException | IllegalStateException e) {
            missed(name, e);
        } catch (RuntimeException e) {
            LOG.error("A push of what follows on jobs failed unexpectedly connection={}", name, e);
            missed(name, e);
        } finally {
            landed(target);
            setting.wake().run();
        }
    }

    private void push(String name, List<OutboxEntry> entries, Fence fence) {
        Function<List<NewJob>, List<PushOutcome>> way = setting.others()
                .apply(name)
                .orElseThrow(() -> new IllegalStateException("node " + setting.node()
                        + ", which leads, does not have this connection, or it keeps no jobs there;"
                        + " open it on the nodes that lead"));
        try {
            List<PushOutcome> outcomes =
                    way.apply(entries.stream().map(OutboxEntry::job).toList());
            LOG.debug("Pushed what follows on jobs connection={} outcomes={}", name, outcomes);
        } catch (IllegalArgumentException e) {
            refused(name, entries, fence, e);
            return;
        }
        try {
            setting.store().leader().relayed(fence, ids(entries));
        } catch (StoreException e) {
            throw new IllegalStateException(
                    "what was pushed there could not be removed from the outbox here: " + e.getMessage(), e);
        }
    }

    /** What a connection never takes, as it is too large for it, stays alone behind. */
    private void refused(String name, List<OutboxEntry> entries, Fence fence, IllegalArgumentException why) {
        if (entries.size() > 1) {
            entries.stream().takeWhile(entry -> goesOn()).forEach(entry -> push(name, List.of(entry), fence));
            return;
        }
        String id = entries.get(0).id();
        LOG.warn(
                "What follows on a job is refused by another connection and stays in the outbox job={} connection={} reason={}",
                id,
                name,
                why.getMessage());
        synchronized (this) {
            if (!goesOn()) {
                return;
            }
            Target target = target(name);
            target.refused.put(id, nanos() + REFUSED_FOR.toNanos());
            target.refusal = Optional.of(heldBecause(target.refusal, why));
        }
        setting.changed().run();
    }

    private synchronized List<OutboxEntry> next(Target target) {
        return goesOn() ? target.takeOff() : List.of();
    }

    private synchronized boolean goesOn() {
        return !closed && !ended;
    }

    private synchronized Fence fence(Target target) {
        return target.fence.orElseThrow();
    }

    private synchronized void landed(Target target) {
        if (target.held.isEmpty() && (target.passedOver || !target.waiting.isEmpty())) {
            openings++;
        }
        target.passedOver = false;
        target.drop();
        target.flying.clear();
        target.flies = false;
        target.flight = Optional.empty();
    }

    private void reached(String name) {
        boolean changed;
        synchronized (this) {
            Target target = target(name);
            changed = target.held.isPresent();
            if (changed && !target.opened) {
                openings++;
            }
            target.reached();
        }
        if (changed) {
            LOG.info("What follows on jobs is pushed again connection={}", shown(name));
            setting.changed().run();
        }
    }

    private void missed(String name, RuntimeException why) {
        synchronized (this) {
            Target target = target(name);
            if (!goesOn()) {
                return;
            }
            target.failures++;
            target.opened = false;
            target.againAtNanos = nanos()
                    + AGAIN.after(target.failures, setting.timeline().random()).toNanos();
            target.held = Optional.of(heldBecause(target.held, why));
        }
        LOG.warn("What follows on jobs waits for a connection connection={} reason={}", shown(name), why.getMessage());
        setting.changed().run();
    }

    /** Since the first time, for the newest reason. */
    private NodeReport.Held heldBecause(Optional<NodeReport.Held> before, RuntimeException why) {
        Instant since = before.map(NodeReport.Held::since)
                .orElseGet(() -> setting.timeline().clock().instant());
        return new NodeReport.Held(since, Optional.ofNullable(why.getMessage()).orElseGet(why::toString));
    }

    private String shown(String name) {
        return name.equals(NodeReport.HERE) ? setting.connection() : name;
    }

    @GuardedBy("this")
    private Target target(String name) {
        return targets.computeIfAbsent(name, first -> new Target());
    }

    private long nanos() {
        return setting.timeline().ticker().nanos();
    }

    private static List<String> ids(List<OutboxEntry> entries) {
        return entries.stream().map(OutboxEntry::id).toList();
    }
}
