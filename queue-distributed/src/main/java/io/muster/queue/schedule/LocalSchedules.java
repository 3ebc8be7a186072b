package io.muster.queue.schedule;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoredSchedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules of one process without a store: kept in memory and fired by a loop of their own, which pushes and so, where pushing is running, runs
 * the jobs one after another. Ends with {@link #close}. Thread-safe.
 */
public final class LocalSchedules implements ScheduleDesk, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSchedules.class);
    private static final Fence NOBODY_ELSE = new Fence("local", "local", 1);
    private static final int MOST_AT_ONCE = 100;

    private final String name;
    private final Timeline timeline;
    private final Function<NewJob, PushOutcome> push;
    private final ScheduleChore chore;

    @GuardedBy("this")
    private final Map<String, StoredSchedule> schedules = new TreeMap<>();

    @GuardedBy("this")
    private Optional<Loop> loop = Optional.empty();

    @GuardedBy("this")
    private boolean closed;

    /** Of the loop. */
    private Loop.Timer next = () -> {};

    /** {@code push} takes a job; what it throws is logged. */
    public LocalSchedules(String name, Timeline timeline, Function<NewJob, PushOutcome> push) {
        this.name = name;
        this.timeline = timeline;
        this.push = push;
        this.chore = new ScheduleChore(this, () -> MOST_AT_ONCE, timeline);
    }

    @Override
    public synchronized List<StoredSchedule> list() {
        return List.copyOf(schedules.values());
    }

    @Override
    public synchronized Optional<StoredSchedule> find(String wanted) {
        return Optional.ofNullable(schedules.get(wanted));
    }

    @Override
    public synchronized boolean put(StoredSchedule schedule, Optional<String> replaced) {
        if (!version(schedule.name()).equals(replaced)) {
            return false;
        }
        schedules.put(schedule.name(), schedule);
        lookSoon();
        return true;
    }

    @Override
    public synchronized boolean remove(String wanted, String version) {
        if (!version(wanted).equals(Optional.of(version))) {
            return false;
        }
        schedules.remove(wanted);
        lookSoon();
        return true;
    }

    /** The fence is nothing here: nobody else fires. */
    @Override
    public List<FireResult> fire(Fence fence, List<Firing> firings) {
        List<FireResult> results = new ArrayList<>();
        for (Firing firing : firings) {
            results.add(
                    moves(firing)
                            ? new FireResult.Fired(
                                    firing.jobs().stream().map(this::pushed).toList())
                            : new FireResult.Moved());
        }
        return results;
    }

    @Override
    public void close() {
        Optional<Loop> ending;
        synchronized (this) {
            closed = true;
            ending = loop;
            loop = Optional.empty();
        }
        ending.ifPresent(Loop::close);
    }

    private synchronized boolean moves(Firing firing) {
        if (!version(firing.next().name()).equals(Optional.of(firing.expected()))) {
            return false;
        }
        schedules.put(firing.next().name(), firing.next());
        return true;
    }

    private PushOutcome pushed(NewJob job) {
        try {
            return push.apply(job);
        } catch (RuntimeException e) {
            LOG.error("A scheduled job failed connection={} job={} type={}", name, job.id(), job.type(), e);
            return new PushOutcome.Pushed(job.id());
        }
    }

    @GuardedBy("this")
    private Optional<String> version(String wanted) {
        return Optional.ofNullable(schedules.get(wanted)).map(StoredSchedule::version);
    }

    @GuardedBy("this")
    private void lookSoon() {
        if (closed) {
            throw new IllegalStateException("Connection \"" + name + "\" is closed");
        }
        Loop running = loop.orElseGet(() -> timeline.loop(name + "-schedules"));
        loop = Optional.of(running);
        running.post(() -> {
            chore.begin();
            round(running);
        });
    }

    private void round(Loop own) {
        next.cancel();
        Duration wait = chore.round(NOBODY_ELSE);
        next = own.schedule(wait, () -> round(own));
    }
}
