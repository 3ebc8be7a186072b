package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.RingBroadcast;
import io.muster.cluster.time.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C5")
class RingBroadcastTest {
    private final Cells cells = new Cells();
    private final Cell a = cells.open("a");
    private final Cell b = cells.open("b");
    private final RingBroadcast sender = new RingBroadcast(a.cluster.backend(), a.process);
    private final RingBroadcast receiver = new RingBroadcast(b.cluster.backend(), b.process);
    private final List<String> received = new ArrayList<>();

    private void subscribe() {
        receiver.subscribe("c", new ChannelListener() {
            @Override
            public void onMessage(byte[] message) {
                received.add(new String(message, StandardCharsets.UTF_8));
            }

            @Override
            public void onGap() {
                received.add("gap");
            }
        });
    }

    private void publish(String message) {
        sender.publish("c", message.getBytes(StandardCharsets.UTF_8), soon());
    }

    private Deadline soon() {
        return Deadline.after(Duration.ofSeconds(2), cells.timeline.ticker());
    }

    private int slots() {
        return b.cluster
                .backend()
                .list(ListRequest.first("broadcast/c", 1_000), soon())
                .entries()
                .size();
    }

    @Test
    void messagesArriveOnceInOrderOverManyTurnsOfTheRing() {
        publish("before");
        subscribe();

        for (int i = 0; i < 100; i++) {
            publish("m" + i);
            if (i % 10 == 0) {
                cells.timeline.runUntilIdle();
            }
        }
        cells.timeline.runUntilIdle();

        assertThat(received)
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> "m" + i).toList());
        assertThat(slots()).isLessThanOrEqualTo(32);
    }

    @Test
    void whatIsPublishedRightAfterSubscribingIsReceived() {
        subscribe();
        publish("first");
        cells.timeline.runUntilIdle();

        assertThat(received).containsExactly("first");
    }

    @Test
    void whoFallsBehindIsToldSoAndGoesOnWithTheNewest() {
        subscribe();
        cells.timeline.runUntilIdle();
        b.faults.silenceWatches();
        for (int i = 0; i < 50; i++) {
            publish("m" + i);
        }
        b.faults.resumeWatches();
        cells.timeline.runUntilIdle();

        assertThat(received.get(0)).isEqualTo("gap");
        assertThat(received.subList(1, received.size()))
                .containsExactlyElementsOf(
                        IntStream.range(18, 50).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void everyGapOfTheWatchIsAnnounced() {
        subscribe();
        publish("one");
        cells.timeline.runUntilIdle();

        b.faults.cut();
        publish("two");
        b.faults.heal();
        cells.timeline.runUntilIdle();

        assertThat(received).contains("one", "two", "gap");
    }

    @Test
    void aMessageOfUnknownOutcomeThatWasLostIsAGap() {
        subscribe();
        cells.timeline.runUntilIdle();
        publish("one");
        a.faults.next(Operation.COMMIT, Fault.REQUEST_LOST);
        assertThatThrownBy(() -> publish("two")).isInstanceOf(OutcomeUnknownException.class);
        publish("three");
        cells.timeline.runUntilIdle();

        assertThat(received).containsExactly("one", "gap", "three");
    }

    @Test
    void aPublisherRemovesItsSlotsAfterAMinuteOfSilenceAndGoesOnWithoutAGap() {
        subscribe();
        publish("one");
        cells.advance(Duration.ofMinutes(2));
        assertThat(slots()).isZero();

        publish("two");
        cells.timeline.runUntilIdle();

        assertThat(received).containsExactly("one", "two");
    }

    @Test
    void subscribersRemoveWhatADeadPublisherLeft() {
        subscribe();
        publish("one");
        cells.timeline.runUntilIdle();
        a.kill();
        assertThat(slots()).isEqualTo(1);

        cells.advance(Duration.ofMinutes(12));

        assertThat(slots()).isZero();
        assertThat(received).containsExactly("one");
    }
}
