package io.muster.queue.jdbc;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.Retention;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Each write of the leader is one transaction, whose first statement locks and compares the fence. */
final class JdbcLeaderDesk implements JobStore.LeaderDesk {
    /** So many assignments after one that was not the usual one are expected to be like it. */
    private static final int UNUSUAL = 20;

    private final Database database;
    private final Lanes lanes;
    private final Wakes wakes;
    private final Cursors cursors;
    private final Map<String, IdleLanes> idle = new ConcurrentHashMap<>();
    private final AtomicInteger unusual = new AtomicInteger();

    JdbcLeaderDesk(Database database, Lanes lanes, Wakes wakes) {
        this.database = database;
        this.lanes = lanes;
        this.wakes = wakes;
        this.cursors = new Cursors(database.timeline.ticker());
    }

    @Override
    public void install(Fence fence) {
        fenced("install a fence", fence, session -> true);
    }

    @Override
    public void adopt(String group, String identity) {
        database.transaction("adopt a coordinator", session -> {
            new Fences(session).adopt(group, identity);
            return true;
        });
    }

    @Override
    public AssignReport assign(Fence fence, List<Grant> grants) {
        long nonce = database.timeline.random().nextLong();
        AssignReport report = quick(fence, grants, nonce)
                .orElseGet(() -> fenced(
                        "assign jobs", fence, session -> new Assigning(session, lanes, nonce).fill(grants, false)));
        Set<String> woken = new HashSet<>();
        for (int i = 0; i < grants.size(); i++) {
            if (report.assigned().get(i) > 0) {
                woken.add(grants.get(i).incarnation());
            }
        }
        wakes.assigned(woken);
        return report;
    }

    /** Empty if nothing was done: the assignment is not the usual one, or those before it were not. */
    private Optional<AssignReport> quick(Fence fence, List<Grant> grants, long nonce) {
        if (!database.dialect.isQuick() || unusual.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return Optional.empty();
        }
        IdleLanes own = idle.computeIfAbsent(fence.group(), group -> new IdleLanes(database.timeline.ticker()));
        QuickAssign.Memory memory = QuickAssign.Memory.of(cursors, own, wakes);
        Optional<QuickAssign.Done> done = database.transaction("assign jobs", session -> {
            boolean raised = new Fences(session).install(fence);
            return new QuickAssign(session, lanes, QuickAssign.Rivals.NONE, memory, nonce).fill(grants, !raised);
        });
        done.ifPresentOrElse(written -> written.committed().run(), () -> unusual.set(UNUSUAL));
        return done.map(QuickAssign.Done::report);
    }

    @Override
    public int revoke(Fence fence, String incarnation, String pool, int limit) {
        int revoked = fenced(
                "revoke jobs", fence, session -> Burial.takeBackUntaken(session, lanes, incarnation, pool, limit));
        wakes.ready(revoked > 0);
        return revoked;
    }

    @Override
    public BuryReport bury(Fence fence, String incarnation, int limit) {
        BuryReport report = lanes.making(() -> fenced("bury an incarnation", fence, session -> {
            Incarnations.Life life = new Incarnations(session).bury(incarnation);
            return new Burial(session, lanes).takeBack(life, limit);
        }));
        wakes.ready(report.untaken() + report.crashed() + report.failed() > 0);
        return report;
    }

    @Override
    public List<IncarnationRecord> incarnations() {
        return database.transaction("list incarnations", session -> new Incarnations(session).records());
    }

    @Override
    public TendReport tend(Fence fence, Retention retention, Instant callersNow, int limit) {
        TendReport report = fenced("tend jobs", fence, session -> new Tending(session, lanes).tend(retention, limit));
        wakes.ready(report.promoted() > 0);
        return report;
    }

    @Override
    public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant callersNow) {
        int failed =
                lanes.making(() -> fenced("fail jobs that nobody serves", fence, session -> new Tending(session, lanes)
                        .failUnserved(Set.copyOf(servedTypes), longest)));
        wakes.ready(failed > 0);
        return failed;
    }

    @Override
    public List<OutboxEntry> outbox(Fence fence, int limit) {
        return fenced("read the outbox", fence, session -> new Outbox(session).oldest(limit));
    }

    @Override
    public OutboxPage outbox(Optional<String> from, int limit) {
        return database.transaction("look into the outbox", session -> new Outbox(session).page(from, limit));
    }

    @Override
    public void relayed(Fence fence, List<String> outboxIds) {
        fenced("remove relayed entries", fence, session -> {
            new Outbox(session).remove(outboxIds);
            return true;
        });
    }

    @Override
    public Subscription onReady(Runnable hint) {
        return wakes.onReady(hint);
    }

    private <T> T fenced(String what, Fence fence, Database.Work<T> work) {
        return database.transaction(what, session -> {
            new Fences(session).install(fence);
            return work.in(session);
        });
    }
}
