package io.muster.queue.distribution;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore.LeaderDesk;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.Retention;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A leader's desk that says what it was told, with answers given in advance. */
final class RecordingDesk implements LeaderDesk {
    final List<String> calls;
    final List<IncarnationRecord> known = new ArrayList<>();
    final Deque<BuryReport> burials = new ArrayDeque<>();
    final List<OutboxEntry> outbox = new ArrayList<>();
    final List<Runnable> hints = new ArrayList<>();
    Optional<Instant> nextDue = Optional.empty();
    Map<String, Integer> ready = Map.of();
    int assigns;
    int revokes;
    Optional<RuntimeException> failure = Optional.empty();

    RecordingDesk(List<String> calls) {
        this.calls = calls;
    }

    private void call(String what) {
        calls.add(what);
        failure.ifPresent(toThrow -> {
            throw toThrow;
        });
    }

    @Override
    public void install(Fence fence) {
        call("install " + fence.identity() + "@" + fence.term());
    }

    @Override
    public void adopt(String group, String identity) {
        call("adopt");
    }

    @Override
    public AssignReport assign(Fence fence, List<Grant> grants) {
        call("assign");
        return new AssignReport(Collections.nCopies(grants.size(), assigns), ready);
    }

    @Override
    public int revoke(Fence fence, String incarnation, String pool, int limit) {
        call("revoke " + incarnation + "/" + pool + " " + limit);
        return revokes;
    }

    @Override
    public BuryReport bury(Fence fence, String incarnation, int limit) {
        call("bury " + incarnation + "@" + fence.term());
        return burials.isEmpty() ? new BuryReport(0, 0, 0, true) : burials.remove();
    }

    @Override
    public List<IncarnationRecord> incarnations() {
        call("incarnations");
        return List.copyOf(known);
    }

    @Override
    public TendReport tend(Fence fence, Retention retention, Instant now, int limit) {
        call("tend");
        return new TendReport(0, 0, nextDue);
    }

    @Override
    public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now) {
        Set<String> sorted = new TreeSet<>(servedTypes);
        call("failUnserved " + sorted + " " + longest);
        return 0;
    }

    @Override
    public List<OutboxEntry> outbox(Fence fence, int limit) {
        call("outbox");
        return outbox.stream().limit(limit).toList();
    }

    @Override
    public OutboxPage outbox(Optional<String> from, int limit) {
        int place = from.map(Integer::parseInt).orElse(0);
        call("outbox from " + place);
        List<OutboxEntry> page = outbox.stream().skip(place).limit(limit).toList();
        boolean more = place + page.size() < outbox.size();
        return new OutboxPage(page, more ? Optional.of(String.valueOf(place + page.size())) : Optional.empty());
    }

    @Override
    public void relayed(Fence fence, List<String> outboxIds) {
        call("relayed " + outboxIds);
        outbox.removeIf(entry -> outboxIds.contains(entry.id()));
    }

    @Override
    public Subscription onReady(Runnable hint) {
        hints.add(hint);
        return () -> hints.remove(hint);
    }
}
