package io.muster.queue.event;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to listeners, in order, one after another on a loop of its own. Who raises an event never waits: what finds
 * {@link #MOST_WAITING} others waiting is dropped, counted and logged. A listener that throws changes nothing, for nobody.
 * Thread-safe.
 */
public final class Events implements AutoCloseable {
    /** Events that wait for listeners at most. */
    public static final int MOST_WAITING = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Timeline timeline;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private volatile Map<Class<?>, List<Listener>> listeners = Map.of();
    private volatile boolean overflowing;

    @GuardedBy("this")
    private Optional<Loop> loop = Optional.empty();

    @GuardedBy("this")
    private boolean closed;

    public Events(Timeline timeline) {
        this.timeline = timeline;
    }

    /** One registration; two of the same receiver are two. */
    private static final class Listener {
        private final Consumer<QueueEvent> receiver;

        Listener(Consumer<QueueEvent> receiver) {
            this.receiver = receiver;
        }
    }

    /** Tells {@code receiver} of events of a kind from now on; of all if the kind is {@link QueueEvent}. */
    public <E extends QueueEvent> Subscription on(Class<E> kind, Consumer<? super E> receiver) {
        Listener listener = new Listener(event -> receiver.accept(kind.cast(event)));
        change(kind, listeners -> Stream.concat(listeners, Stream.of(listener)));
        return () -> change(kind, listeners -> listeners.filter(each -> each != listener));
    }

    /** Whether somebody listens: whoever would raise an event asks first, and makes none otherwise. */
    public boolean wants(Class<? extends QueueEvent> kind) {
        Map<Class<?>, List<Listener>> now = listeners;
        return !now.isEmpty() && (now.containsKey(kind) || now.containsKey(QueueEvent.class));
    }

    /** Returns at once. */
    public void raise(QueueEvent event) {
        if (!wants(event.getClass())) {
            return;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            dropped.increment();
            if (!overflowing) {
                overflowing = true;
                LOG.warn(
                        "Listeners are too slow: events are dropped until they have caught up waiting={}",
                        MOST_WAITING);
            }
            return;
        }
        loop().ifPresentOrElse(running -> running.post(() -> deliver(event)), waiting::decrementAndGet);
    }

    /** How many events were dropped because listeners were too slow. */
    public long dropped() {
        return dropped.sum();
    }

    /** Delivers what waits, within a second, and nothing after that. */
    @Override
    public void close() {
        Optional<Loop> last;
        synchronized (this) {
            closed = true;
            last = loop;
            loop = Optional.empty();
        }
        last.ifPresent(ending -> {
            CompletableFuture<Void> told = new CompletableFuture<>();
            ending.post(() -> told.complete(null));
            timeline.await(told, Deadline.after(LAST_WORDS, timeline.ticker()));
            ending.close();
        });
    }

    private void deliver(QueueEvent event) {
        Map<Class<?>, List<Listener>> now = listeners;
        Stream.of(event.getClass(), QueueEvent.class)
                .flatMap(kind -> now.getOrDefault(kind, List.of()).stream())
                .forEach(listener -> tell(listener, event));
        if (waiting.decrementAndGet() == 0 && overflowing) {
            overflowing = false;
            LOG.warn("Listeners have caught up; events dropped so far dropped={}", dropped());
        }
    }

    /** The listeners' boundary: catches everything. */
    private static void tell(Listener listener, QueueEvent event) {
        try {
            listener.receiver.accept(event);
        } catch (Throwable thrown) {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.warn(
                    "A listener threw; nothing else changes event={}",
                    event.getClass().getSimpleName(),
                    thrown);
        }
    }

    private synchronized Optional<Loop> loop() {
        if (loop.isEmpty() && !closed) {
            loop = Optional.of(timeline.loop("muster-events"));
        }
        return loop;
    }

    /** Changes the listeners of one kind; a kind without any is not in the map. */
    private synchronized void change(Class<?> kind, Change change) {
        Map<Class<?>, List<Listener>> next = new HashMap<>(listeners);
        List<Listener> changed =
                change.of(next.getOrDefault(kind, List.of()).stream()).toList();
        if (changed.isEmpty()) {
            next.remove(kind);
        } else {
            next.put(kind, changed);
        }
        listeners = Map.copyOf(next);
    }

    @FunctionalInterface
    private interface Change {
        Stream<Listener> of(Stream<Listener> listeners);
    }
}
