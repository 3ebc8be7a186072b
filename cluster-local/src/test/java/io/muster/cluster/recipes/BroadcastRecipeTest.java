package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterException;
import io.muster.cluster.MessageListener;
import io.muster.cluster.NodeId;
import io.muster.cluster.Subscription;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.recipes.Cells.Cell;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C5")
class BroadcastRecipeTest {
    private final Cells cells = new Cells();
    private final Cell a = cells.open("a");
    private final Cell b = cells.open("b");
    private final Inbox inboxA = new Inbox();
    private final Inbox inboxB = new Inbox();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void everyOtherNodeReceivesInOrderAndTheSenderDoesNot() {
        a.cluster.subscribe("c", inboxA);
        b.cluster.subscribe("c", inboxB);
        cells.timeline.runUntilIdle();

        for (int i = 0; i < 5; i++) {
            a.cluster.broadcast("c", bytes("m" + i));
        }
        cells.timeline.runUntilIdle();

        assertThat(inboxB.received).containsExactly("a:m0", "a:m1", "a:m2", "a:m3", "a:m4");
        assertThat(inboxA.received).isEmpty();
    }

    @Test
    void eightKibibytesPassAndMoreIsRefused() {
        b.cluster.subscribe("c", inboxB);
        cells.timeline.runUntilIdle();

        a.cluster.broadcast("c", new byte[8 * 1024]);
        cells.timeline.runUntilIdle();

        assertThat(inboxB.received).hasSize(1);
        assertThatThrownBy(() -> a.cluster.broadcast("c", new byte[8 * 1024 + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMessageThatWasLostIsAnnouncedByTheNextOne() {
        b.cluster.subscribe("c", inboxB);
        cells.timeline.runUntilIdle();
        a.cluster.broadcast("c", bytes("one"));
        a.faults.next(Operation.PUBLISH, Fault.REQUEST_LOST);
        assertThatThrownBy(() -> a.cluster.broadcast("c", bytes("two"))).isInstanceOf(ClusterException.class);

        a.cluster.broadcast("c", bytes("three"));
        cells.timeline.runUntilIdle();

        assertThat(inboxB.received).containsExactly("a:one", "gap", "a:three");
    }

    @Test
    void aReconnectIsAnnouncedAndTheSubscriptionGoesOn() {
        b.cluster.subscribe("c", inboxB);
        cells.timeline.runUntilIdle();

        b.faults.cut();
        a.cluster.broadcast("c", bytes("unheard"));
        b.faults.heal();
        cells.timeline.runUntilIdle();
        a.cluster.broadcast("c", bytes("heard"));
        cells.timeline.runUntilIdle();

        assertThat(inboxB.received)
                .contains("gap")
                .doesNotContain("a:unheard")
                .last()
                .isEqualTo("a:heard");
    }

    @Test
    void aListenerThatFailsReceivesTheNextMessage() {
        b.cluster.subscribe("c", new MessageListener() {
            @Override
            public void onMessage(NodeId sender, byte[] message) {
                inboxB.onMessage(sender, message);
                throw new IllegalStateException("listener");
            }
        });
        cells.timeline.runUntilIdle();

        a.cluster.broadcast("c", bytes("one"));
        a.cluster.broadcast("c", bytes("two"));
        cells.timeline.runUntilIdle();

        assertThat(inboxB.received).containsExactly("a:one", "a:two");
    }

    @Test
    void aClosedSubscriptionReceivesNothing() {
        Subscription subscription = b.cluster.subscribe("c", inboxB);
        cells.timeline.runUntilIdle();
        subscription.close();

        a.cluster.broadcast("c", bytes("one"));
        cells.timeline.runUntilIdle();

        assertThat(inboxB.received).isEmpty();
    }

    @Test
    void anotherIncarnationOfTheSameClusterObjectIsStillItself() {
        a.cluster.subscribe("c", inboxA);
        b.cluster.subscribe("c", inboxB);
        a.cluster.rejoin();
        cells.advance(Duration.ofSeconds(1));

        a.cluster.broadcast("c", bytes("again"));
        cells.timeline.runUntilIdle();

        assertThat(inboxA.received).doesNotContain("a:again");
        assertThat(inboxB.received).contains("a:again");
    }

    private static final class Inbox implements MessageListener {
        private final List<String> received = new ArrayList<>();

        @Override
        public void onMessage(NodeId sender, byte[] message) {
            received.add(sender.name() + ":" + new String(message, StandardCharsets.UTF_8));
        }

        @Override
        public void onGap() {
            received.add("gap");
        }
    }
}
