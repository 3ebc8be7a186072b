package io.muster.queue.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.event.QueueEvent.NodeJoined;
import io.muster.queue.event.QueueEvent.NodeLeft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("F2")
class EventsTest {
    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final Events events = new Events(timeline);
    private final List<String> heard = new ArrayList<>();

    @Test
    void eachListenerHearsItsKindInOrderAndLaterThanTheFact() {
        events.on(NodeJoined.class, event -> heard.add("+" + event.node()));
        events.on(QueueEvent.class, event -> heard.add("any"));

        events.raise(new NodeJoined("c", "a", "1"));
        events.raise(new NodeLeft("c", "a", "1"));
        assertThat(heard).isEmpty();
        timeline.runUntilIdle();

        assertThat(heard).containsExactly("+a", "any", "any");
    }

    @Test
    void nobodyWantsWhatNobodyListensTo() {
        assertThat(events.wants(NodeJoined.class)).isFalse();
        Subscription joined = events.on(NodeJoined.class, event -> heard.add("joined"));
        assertThat(events.wants(NodeJoined.class)).isTrue();
        assertThat(events.wants(NodeLeft.class)).isFalse();
        Subscription all = events.on(QueueEvent.class, event -> heard.add("any"));
        assertThat(events.wants(NodeLeft.class)).isTrue();

        joined.close();
        all.close();

        assertThat(events.wants(NodeJoined.class)).isFalse();
        events.raise(new NodeJoined("c", "a", "1"));
        timeline.runUntilIdle();
        assertThat(heard).isEmpty();
    }

    @Test
    void aListenerThatThrowsChangesNothingForOthers() {
        events.on(NodeJoined.class, event -> {
            throw new AssertionError("on purpose");
        });
        events.on(NodeJoined.class, event -> heard.add(event.node()));

        events.raise(new NodeJoined("c", "a", "1"));
        events.raise(new NodeJoined("c", "b", "2"));
        timeline.runUntilIdle();

        assertThat(heard).containsExactly("a", "b");
        assertThat(events.dropped()).isZero();
    }

    @Test
    void whatTooManyWaitBeforeIsDroppedAndCountedAndLaterOnesAreHeardAgain() {
        events.on(NodeJoined.class, event -> heard.add(event.node()));
        IntStream.range(0, Events.MOST_WAITING + 5).forEach(i -> events.raise(new NodeJoined("c", "n" + i, "1")));

        timeline.runUntilIdle();
        assertThat(heard).hasSize(Events.MOST_WAITING);
        assertThat(events.dropped()).isEqualTo(5);
        events.raise(new NodeJoined("c", "after", "1"));
        timeline.runUntilIdle();

        assertThat(heard).endsWith("after");
        assertThat(events.dropped()).isEqualTo(5);
    }

    @Test
    void whoRaisesDoesNotWaitForASlowListenerAndTheLastWordsAreHeard() throws InterruptedException {
        Events real = new Events(SystemTimeline.instance());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        real.on(NodeJoined.class, event -> {
            begun.countDown();
            try {
                hold.await(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            told.incrementAndGet();
        });

        real.raise(new NodeJoined("c", "a", "1"));
        real.raise(new NodeJoined("c", "b", "1"));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(told).hasValue(0);
        hold.countDown();
        real.close();

        assertThat(told).hasValue(2);
        real.raise(new NodeJoined("c", "c", "1"));
        assertThat(told).hasValue(2);
    }
}
