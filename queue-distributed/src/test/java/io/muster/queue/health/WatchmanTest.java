package io.muster.queue.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.event.QueueEvent.FiguresHigh;
import io.muster.queue.event.QueueEvent.QueueBusy;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("F3")
@Tag("F2")
class WatchmanTest {
    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final MemoryStore store = MemoryStore.open(new MemoryOptions(5000), timeline);
    private final Events events = new Events(timeline);
    private final List<QueueEvent> heard = new ArrayList<>();
    private final AtomicBoolean turn = new AtomicBoolean(true);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void highFiguresAreAlertedEveryFiveMinutesByTheOneWhoseTurnItIs() {
        push("mail", 1000);
        start(HealthSettings.DEFAULT);
        timeline.advance(Duration.ofMinutes(5));
        assertThat(heard).isEmpty();
        push("letters", 1);

        timeline.advance(Duration.ofMinutes(5));
        assertThat(heard).containsExactly(new FiguresHigh("orders", "pending_jobs", 1001, 1000));
        timeline.advance(Duration.ofMinutes(4));
        assertThat(heard).hasSize(1);
        timeline.advance(Duration.ofMinutes(1));
        assertThat(heard).hasSize(2);
        turn.set(false);
        timeline.advance(Duration.ofMinutes(20));
        assertThat(heard).hasSize(2);
    }

    @Test
    void monitoredQueuesAreLookedAtEveryMinute() {
        push("mail", 100);
        push("letters", 500);
        start(HealthSettings.DEFAULT.withMonitor(
                MonitoredQueue.parse("mail,orders:other"), 100, Duration.ofMinutes(1)));
        timeline.advance(Duration.ofMinutes(2));
        assertThat(heard).isEmpty();
        push("mail", 1);

        timeline.advance(Duration.ofMinutes(1));
        assertThat(heard).containsExactly(new QueueBusy("orders", "mail", 101));
        timeline.advance(Duration.ofMinutes(1));
        assertThat(heard).hasSize(2);
    }

    @Test
    void aStoreThatDoesNotAnswerIsLookedAtAgain() {
        push("mail", 1000);
        push("letters", 1);
        Watchman watchman = start(HealthSettings.DEFAULT);
        store.close();
        timeline.advance(Duration.ofMinutes(5));

        assertThat(heard).isEmpty();
        assertThat(timeline.failures()).isEmpty();
        watchman.close();
    }

    @Test
    void aQueueOfAnotherConnectionIsRefused() {
        HealthSettings foreign =
                HealthSettings.DEFAULT.withMonitor(MonitoredQueue.parse("redis:mail"), 100, Duration.ofMinutes(1));

        assertThatThrownBy(() -> start(foreign))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("redis:mail")
                .hasMessageContaining("\"orders\"");
    }

    private Watchman start(HealthSettings settings) {
        events.on(QueueEvent.class, heard::add);
        Watchman watchman = new Watchman("orders", settings, store, events, turn::get, timeline);
        watchman.start();
        return watchman;
    }

    private void push(String queue, int jobs) {
        long known = store.intake().counts().stream()
                .mapToLong(counts -> counts.live())
                .sum();
        store.intake()
                .push(IntStream.range(0, jobs)
                        .mapToObj(i -> NewJob.of("job-" + (known + i), queue, "send", new byte[0]))
                        .toList());
    }
}
