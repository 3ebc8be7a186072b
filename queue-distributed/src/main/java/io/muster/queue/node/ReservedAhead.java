package io.muster.queue.node;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pool without a leader reserves for its next trip to the store while one is under way. If no trip takes of it for a tenth of a
 * second, as when the pool is paused or all its slots are held by long jobs, it is given back, so that it waits for nobody. Thread-safe; the
 * lock is never held over I/O.
 */
final class ReservedAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReservedAhead.class);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(100);
    /** After which a trip goes on without what is still being reserved; it will be there for the next one, or be given back. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final NodeDesk desk;
    private final Timeline timeline;
    private final String name;

    @GuardedBy("this")
    private Optional<Loop> loop = Optional.empty();

    @GuardedBy("this")
    private CompletableFuture<Integer> reserved = CompletableFuture.completedFuture(0);

    @GuardedBy("this")
    private Optional<Grant> stock = Optional.empty();

    @GuardedBy("this")
    private long tookNanos;

    /** Nobody knows whether something was reserved. */
    @GuardedBy("this")
    private boolean doubtful;

    @GuardedBy("this")
    private boolean watched;

    @GuardedBy("this")
    private boolean closed;

    /** {@code name} is that of the thread that reserves. */
    ReservedAhead(NodeDesk desk, Timeline timeline, String name) {
        this.desk = desk;
        this.timeline = timeline;
        this.name = name;
    }

    /** A trip begins that takes: whether something was reserved for it. Waits for what is being reserved. */
    boolean any() {
        CompletableFuture<Integer> last;
        synchronized (this) {
            last = reserved;
            reserved = CompletableFuture.completedFuture(0);
        }
        return timeline.await(last, Deadline.after(PATIENCE, timeline.ticker())) && last.join() > 0;
    }

    /** Reserves for the next trip, beside the one that begins now. */
    synchronized void begin(Grant own) {
        if (closed) {
            return;
        }
        CompletableFuture<Integer> jobs = new CompletableFuture<>();
        reserved = jobs;
        keep(own);
        loop().post(() -> jobs.complete(reserve(own)));
    }

    /** A trip has ended: so many jobs it took, and so many wait that were reserved. */
    synchronized void ended(int taken, int waiting) {
        if (taken > 0) {
            tookNanos = timeline.ticker().nanos();
        }
        if (waiting == 0 && !doubtful && reserved.isDone() && reserved.join() == 0) {
            stock = Optional.empty();
        }
    }

    /** Gives back what nobody will take. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            loop.ifPresent(own -> own.post(() -> {
                giveBack();
                own.close();
            }));
        }
    }

    @GuardedBy("this")
    private Loop loop() {
        Loop own = loop.orElseGet(() -> timeline.loop(name));
        loop = Optional.of(own);
        return own;
    }

    @GuardedBy("this")
    private void keep(Grant own) {
        stock = Optional.of(own);
        tookNanos = timeline.ticker().nanos();
        if (!watched) {
            watched = true;
            loop().schedule(LONGEST_WAIT, this::watch);
        }
    }

    private int reserve(Grant own) {
        try {
            return desk.reserve(own, timeline.clock().instant()).total();
        } catch (StoreOutcomeUnknownException e) {
            LOG.debug("Perhaps reserved something ahead pool={} reason={}", own.pool(), e.toString());
            doubt();
        } catch (StoreException e) {
            LOG.debug("Reserved nothing ahead pool={} reason={}", own.pool(), e.toString()); // The next trip says it.
        } catch (RuntimeException e) {
            LOG.warn("Could not reserve ahead pool={}", own.pool(), e);
        }
        return 0;
    }

    private synchronized void doubt() {
        doubtful = true;
    }

    /** As long as something may be reserved. */
    private void watch() {
        boolean stands;
        synchronized (this) {
            watched = stock.isPresent() && !closed;
            if (!watched) {
                return;
            }
            long since = timeline.ticker().nanos() - tookNanos;
            boolean longAgo = since >= LONGEST_WAIT.toNanos();
            stands = longAgo && reserved.isDone();
            watched = !stands;
            if (watched) {
                loop().schedule(longAgo ? LONGEST_WAIT : LONGEST_WAIT.minusNanos(since), this::watch);
            }
        }
        if (stands) {
            giveBack();
        }
    }

    private void giveBack() {
        Optional<Grant> own;
        synchronized (this) {
            own = stock;
            stock = Optional.empty();
            doubtful = false;
            if (reserved.isDone()) {
                reserved = CompletableFuture.completedFuture(0); // The next trip reserves anew.
            }
        }
        own.ifPresent(grant -> {
            try {
                int jobs = desk.giveBack(grant.incarnation(), grant.pool(), grant.limit());
                LOG.debug("Gave back what was reserved ahead pool={} jobs={}", grant.pool(), jobs);
            } catch (StoreException e) {
                LOG.debug("Could not give back what was reserved ahead reason={}", e.toString());
                retry(grant);
            }
        });
    }

    private synchronized void retry(Grant own) {
        if (!closed && stock.isEmpty()) {
            keep(own);
        }
    }
}
