package io.muster.queue.health;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the sizes of queues now and then while it is its turn, and tells what is high: by a warning and by an event, each time it
 * looks. F3
 */
public final class Watchman implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchman.class);

    private final String connection;
    private final HealthSettings settings;
    private final JobStore store;
    private final Events events;
    private final BooleanSupplier turn;
    private final Loop loop;

    /** {@code turn} says at each moment whether this process is the one that looks: one in the whole cluster. */
    public Watchman(
            String connection,
            HealthSettings settings,
            JobStore store,
            Events events,
            BooleanSupplier turn,
            Timeline timeline) {
        settings.monitored().stream()
                .filter(queue -> !queue.isOf(connection, connection))
                .findFirst()
                .ifPresent(foreign -> {
                    throw new ClusterConfigurationException("muster.monitor-queues names " + foreign
                            + ", but this is connection \"" + connection + "\"; write the queue alone");
                });
        this.connection = connection;
        this.settings = settings;
        this.store = store;
        this.events = events;
        this.turn = turn;
        this.loop = timeline.loop("muster-watchman");
    }

    /** Looks for the first time when an interval has passed. Call once. */
    public void start() {
        every(settings.alertEvery(), this::alert);
        if (!settings.monitored().isEmpty()) {
            every(settings.monitorEvery(), this::monitor);
        }
    }

    @Override
    public void close() {
        loop.close();
    }

    /** Which of these queues have more than {@code max} live jobs, told by events as well. */
    public static List<QueueCounts> busy(
            String connection, List<String> queues, long max, List<QueueCounts> counts, Events events) {
        List<QueueCounts> busy = counts.stream()
                .filter(each -> queues.contains(each.queue()) && each.live() > max)
                .toList();
        busy.forEach(each -> events.raise(new QueueEvent.QueueBusy(connection, each.queue(), each.live())));
        return busy;
    }

    private void every(Duration interval, Runnable look) {
        loop.schedule(interval, () -> {
            every(interval, look);
            if (turn.getAsBoolean()) {
                try {
                    look.run();
                } catch (StoreException e) {
                    LOG.debug("Could not look at the sizes of queues; the next look follows reason={}", e.toString());
                }
            }
        });
    }

    private void alert() {
        JobTotals totals = JobTotals.of(store.intake().counts());
        alert("failed_jobs", totals.failed(), settings.alertFailed());
        alert("pending_jobs", totals.pending(), settings.alertPending());
        alert("processing_jobs", totals.processing(), settings.alertProcessing());
    }

    private void alert(String figure, long value, long threshold) {
        if (value > threshold) {
            LOG.warn("Figure is high connection={} {}={} threshold={}", connection, figure, value, threshold);
            events.raise(new QueueEvent.FiguresHigh(connection, figure, value, threshold));
        }
    }

    private void monitor() {
        List<String> queues =
                settings.monitored().stream().map(MonitoredQueue::queue).toList();
        for (QueueCounts queue :
                busy(connection, queues, settings.monitorMax(), store.intake().counts(), events)) {
            LOG.warn(
                    "Queue is busy connection={} queue={} jobs={} max={}",
                    connection,
                    queue.queue(),
                    queue.live(),
                    settings.monitorMax());
        }
    }
}
