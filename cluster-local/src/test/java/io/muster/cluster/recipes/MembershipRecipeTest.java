package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.Node;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C1")
class MembershipRecipeTest {
    private static final Registration FULL = new Registration(
            "10.0.0.7",
            8080,
            Map.of("zone", "eu"),
            Map.of("load", "1"),
            Set.of("mail", "report"),
            Set.of("high", "low"));

    private final Cells cells = new Cells();
    private final Cell a = cells.open("a");
    private final Cell b = cells.open("b");
    private final List<List<String>> seen = new ArrayList<>();

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(node -> node.id().name()).toList();
    }

    private List<String> statusNames() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), cells.timeline.ticker());
        return b.cluster.backend().list(ListRequest.first("status", 100), deadline).entries().stream()
                .map(entry -> entry.key().name())
                .toList();
    }

    @Test
    void aRegisteredNodeIsSeenByAllWithWhatItSaid() {
        a.cluster.register(FULL);

        List<Node> nodes = b.cluster.nodes();
        assertThat(nodes).hasSize(1);
        assertThat(nodes.get(0).id()).isEqualTo(a.cluster.self());
        assertThat(nodes.get(0).registration()).isEqualTo(FULL);
        assertThat(nodes.get(0).status()).isEqualTo(NodeStatus.ONLINE);
        assertThat(nodes.get(0).startedAt()).isEqualTo(cells.timeline.clock().instant());
    }

    @Test
    void publishingChangesStatusMetadataAndLastSeen() {
        a.cluster.register(FULL);
        cells.advance(Duration.ofSeconds(7));

        a.cluster.publish(NodeStatus.DRAINING, Map.of("load", "2"));

        Node node = b.cluster.nodes().get(0);
        assertThat(node.status()).isEqualTo(NodeStatus.DRAINING);
        assertThat(node.metadata()).isEqualTo(Map.of("load", "2"));
        assertThat(node.registration().labels()).isEqualTo(FULL.labels());
        assertThat(Duration.between(node.startedAt(), node.lastSeen())).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void registeringAgainReplaces() {
        a.cluster.register(FULL);
        a.cluster.register(Registration.of("10.0.0.8", 1));

        assertThat(b.cluster.nodes()).hasSize(1);
        assertThat(b.cluster.nodes().get(0).registration().address()).isEqualTo("10.0.0.8");
    }

    @Test
    void unregisteringTakesTheNodeOffTheListAtOnceWithAllItLeft() {
        a.cluster.register(FULL);

        a.cluster.unregister();
        a.cluster.unregister();

        assertThat(b.cluster.nodes()).isEmpty();
        assertThat(statusNames()).isEmpty();
        a.cluster.register(FULL);
        assertThat(b.cluster.nodes()).hasSize(1);
    }

    @Test
    void publishingWithoutRegistrationIsRefused() {
        assertThatThrownBy(() -> a.cluster.publish(NodeStatus.PAUSED, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("register");
    }

    @Test
    void aRegistrationIsAtMostThirtyTwoKibibytes() {
        Registration large = new Registration("x".repeat(33_000), 1, Map.of(), Map.of(), Set.of(), Set.of());
        Registration largeAsBytes = new Registration("€".repeat(30_000), 1, Map.of(), Map.of(), Set.of(), Set.of());

        assertThatThrownBy(() -> a.cluster.register(large)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.cluster.register(largeAsBytes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNodeMayServeAThousandQueues() {
        Set<String> queues = IntStream.range(0, 1_000)
                .mapToObj(number -> "customer-" + number)
                .collect(Collectors.toSet());

        a.cluster.register(new Registration("host", 1, Map.of(), Map.of(), Set.of(), queues));

        assertThat(b.cluster.nodes())
                .singleElement()
                .satisfies(node -> assertThat(node.registration().queues()).isEqualTo(queues));
    }

    @Test
    void listenersSeeTheWholeMembershipFirstThenEveryChange() {
        a.cluster.register(FULL);
        b.cluster.onMembership(nodes -> seen.add(names(nodes)));
        cells.timeline.runUntilIdle();
        assertThat(seen).isNotEmpty().allMatch(names -> names.equals(List.of("a")));

        b.cluster.register(FULL);
        cells.timeline.runUntilIdle();
        assertThat(seen.get(seen.size() - 1)).containsExactly("a", "b");
        a.kill();
        cells.until(() -> seen.get(seen.size() - 1).equals(List.of("b")), Cells.TTL.plusSeconds(1));
    }

    @Test
    void listenersAreToldAgainAfterAGap() {
        a.cluster.register(FULL);
        b.cluster.onMembership(nodes -> seen.add(names(nodes)));
        cells.timeline.runUntilIdle();
        int before = seen.size();

        b.faults.cut();
        b.faults.heal();
        cells.timeline.runUntilIdle();

        assertThat(seen.size()).isGreaterThan(before);
        assertThat(seen.get(seen.size() - 1)).containsExactly("a");
    }

    @Test
    void aSilentWatchHidesAChangeForSecondsOnly() {
        b.cluster.onMembership(nodes -> seen.add(names(nodes)));
        cells.timeline.runUntilIdle();
        b.faults.silenceWatches();

        a.cluster.register(FULL);

        cells.until(() -> seen.get(seen.size() - 1).equals(List.of("a")), Duration.ofSeconds(16));
    }

    @Test
    void aRestartedProcessWaitsForItsPreviousLifeToExpire() {
        a.cluster.register(FULL);
        String before = a.cluster.self().incarnation();
        a.kill();

        Cell again = cells.open("a-again", "a");
        again.cluster.register(FULL);

        assertThat(b.cluster.nodes()).hasSize(1);
        assertThat(b.cluster.nodes().get(0).id()).isEqualTo(again.cluster.self());
        assertThat(again.cluster.self().incarnation()).isNotEqualTo(before);
    }

    @Test
    void anotherLiveProcessWithThisNodeIdIsAConfigurationError() {
        a.cluster.register(FULL);
        Cell twin = cells.open("twin", "a");
        Duration begun = cells.timeline.elapsed();

        assertThatThrownBy(() -> twin.cluster.register(FULL))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(a.cluster.self().incarnation())
                .hasMessageContaining("nodeId");

        assertThat(cells.timeline.elapsed().minus(begun)).isLessThan(Cells.TTL.plusSeconds(3));
        cells.advance(Duration.ofMinutes(1));
        assertThat(b.cluster.nodes().get(0).id()).isEqualTo(a.cluster.self());
    }

    @Test
    void afterALostSessionTheNodeRegistersItselfAgain() {
        a.cluster.register(FULL);
        a.cluster.publish(NodeStatus.PAUSED, Map.of("n", "1"));
        a.faults.cut();
        cells.advance(Duration.ofSeconds(10));
        assertThat(b.cluster.nodes()).isEmpty();

        a.faults.heal();
        cells.advance(Duration.ofSeconds(4));

        Node node = b.cluster.nodes().get(0);
        assertThat(node.id()).isEqualTo(a.cluster.self());
        assertThat(node.status()).isEqualTo(NodeStatus.PAUSED);
        assertThat(node.metadata()).isEqualTo(Map.of("n", "1"));
    }

    @Test
    void aRegistrationWhoseAnswerWasLostIsRecognised() {
        a.faults.next(Operation.COMMIT, Fault.REPLY_LOST);

        a.cluster.register(FULL);

        assertThat(b.cluster.nodes()).hasSize(1);
        a.cluster.publish(NodeStatus.DRAINING, Map.of());
        assertThat(b.cluster.nodes().get(0).status()).isEqualTo(NodeStatus.DRAINING);
    }

    @Test
    void whatDeadNodesLeaveIsRemovedByOthers() {
        a.cluster.register(FULL);
        b.cluster.register(FULL);
        assertThat(statusNames()).hasSize(2);

        a.kill();
        cells.advance(Duration.ofMinutes(3));

        assertThat(statusNames()).hasSize(1);
        assertThat(names(b.cluster.nodes())).containsExactly("b");
    }

    @Test
    void aRecordOfAnUnknownFormatIsSkipped() {
        a.cluster.register(FULL);
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), cells.timeline.ticker());
        Transaction foreign = Transaction.builder()
                .write(Write.put(new Key("members", "stranger"), new byte[] {99, 1, 2}))
                .build();

        b.cluster.backend().commit(foreign, deadline);

        assertThat(names(b.cluster.nodes())).containsExactly("a");
    }
}
