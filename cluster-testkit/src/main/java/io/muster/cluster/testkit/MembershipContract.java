package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is there. */
public interface MembershipContract extends Contract {
    @Test
    @Tag("C1")
    default void aRegisteredNodeIsSeenByAllWithWhatItSaid(Bench bench) {
        Cluster cluster = bench.cluster("a");
        Registration registration = new Registration(
                "10.0.0.7",
                8080,
                Map.of("zone", "eu-1", "empty", ""),
                Map.of("load", "späße"),
                Set.of("mail", "report"),
                Set.of("default", "high"));

        cluster.register(registration);

        Node node = only(bench.cluster("b").nodes());
        assertThat(node.id()).isEqualTo(cluster.self());
        assertThat(node.registration()).isEqualTo(registration);
        assertThat(node.status()).isEqualTo(NodeStatus.ONLINE);
        assertThat(cluster.nodes()).containsExactly(node);
    }

    @Test
    @Tag("C1")
    default void nodesAreListedByNameAndOnlyIfRegistered(Bench bench) {
        for (String name : List.of("c", "a", "b")) {
            bench.cluster(name).register(Registration.of(name, 1));
        }

        Cluster unregistered = bench.cluster("d");

        assertThat(MembershipRecorder.names(unregistered.nodes())).containsExactly("a", "b", "c");
    }

    @Test
    @Tag("C1")
    default void whatANodePublishesIsSeen(Bench bench) {
        Cluster cluster = bench.cluster("a");
        cluster.register(new Registration("a", 1, Map.of("zone", "x"), Map.of("load", "0"), Set.of(), Set.of()));
        Cluster observer = bench.cluster("b");
        MembershipRecorder recorder = observed(bench, observer);

        cluster.publish(NodeStatus.DRAINING, Map.of("load", "7"));

        bench.promptly().until(() -> only(observer.nodes()).status() == NodeStatus.DRAINING);
        Node node = only(observer.nodes());
        assertThat(node.metadata()).isEqualTo(Map.of("load", "7"));
        assertThat(node.registration().labels()).isEqualTo(Map.of("zone", "x"));
        assertThat(node.lastSeen()).isAfterOrEqualTo(node.startedAt());
        bench.promptly()
                .until(() -> recorder.views().stream().flatMap(List::stream).anyMatch(seen -> seen.metadata()
                        .equals(Map.of("load", "7"))));
    }

    @Test
    @Tag("C1")
    default void registeringAgainReplacesWhatWasSaid(Bench bench) {
        Cluster cluster = bench.cluster("a");
        cluster.register(Registration.of("old", 1));

        cluster.register(Registration.of("new", 2));

        assertThat(only(cluster.nodes()).registration()).isEqualTo(Registration.of("new", 2));
    }

    @Test
    @Tag("C1")
    default void anUnregisteredNodeIsGoneAtOnce(Bench bench) {
        Cluster cluster = bench.cluster("a");
        Cluster observer = bench.cluster("b");
        cluster.unregister();
        cluster.register(Registration.of("a", 1));
        MembershipRecorder recorder = observed(bench, observer);
        bench.promptly().until(() -> recorder.names().equals(List.of("a")));

        cluster.unregister();

        assertThat(observer.nodes()).isEmpty();
        bench.promptly().until(() -> recorder.names().isEmpty());
        cluster.unregister();
    }

    @Test
    @Tag("C1")
    default void aNodeThatClosesIsGoneAtOnce(Bench bench) {
        Cluster cluster = bench.cluster("a");
        cluster.register(Registration.of("a", 1));
        Cluster observer = bench.cluster("b");

        cluster.close();

        assertThat(observer.nodes()).isEmpty();
    }

    @Test
    @Tag("C1")
    default void listenersAreToldThePresentNodesFirstAndThenEveryChange(Bench bench) {
        Cluster first = bench.cluster("n0");
        first.register(Registration.of("n0", 1));
        MembershipRecorder recorder = observed(bench, first);
        bench.promptly().until(() -> !recorder.views().isEmpty());
        assertThat(MembershipRecorder.names(recorder.views().get(0))).containsExactly("n0");
        int count = Bench.count(4, 20);

        List<Cluster> joining = new ArrayList<>();
        List<String> names = IntStream.range(1, count)
                .mapToObj(i -> String.format("n%02d", i))
                .toList();
        for (String name : names) {
            Cluster cluster = bench.cluster(name);
            cluster.register(Registration.of(name, 1));
            joining.add(cluster);
        }
        bench.promptly().until(() -> recorder.names().size() == count);
        joining.subList(1, joining.size()).forEach(Cluster::close);

        bench.promptly().until(() -> recorder.names().equals(List.of("n0", "n01")));
        assertThat(recorder.views())
                .allSatisfy(view ->
                        assertThat(MembershipRecorder.names(view)).isSorted().doesNotHaveDuplicates());
    }

    @Test
    @Tag("C1")
    default void aClosedListenerIsNotCalledAnyMore(Bench bench) {
        Cluster cluster = bench.cluster("a");
        MembershipRecorder closed = new MembershipRecorder();
        var subscription = cluster.onMembership(closed);
        bench.promptly().until(() -> !closed.views().isEmpty());
        MembershipRecorder open = observed(bench, cluster);

        subscription.close();
        cluster.register(Registration.of("a", 1));

        bench.promptly().until(() -> open.names().equals(List.of("a")));
        assertThat(closed.names()).isEmpty();
    }

    @Test
    @Tag("C1")
    default void aNodeThatIsCutOffDisappearsAndComesBackAsANewIncarnation(Bench bench) {
        Cluster observer = bench.cluster("observer");
        Cluster victim = bench.clusterThroughProxy("victim");
        victim.register(Registration.of("victim", 1));
        NodeId before = victim.self();
        MembershipRecorder recorder = observed(bench, observer);
        bench.promptly().until(() -> recorder.names().equals(List.of("victim")));

        bench.faults().cut();
        bench.untilExpiry().until(() -> recorder.names().isEmpty());
        assertThat(observer.nodes()).isEmpty();
        bench.faults().heal();

        bench.untilRecovery().until(() -> recorder.names().equals(List.of("victim")));
        Node again = only(observer.nodes());
        assertThat(again.id()).isEqualTo(victim.self());
        assertThat(again.id().incarnation()).isNotEqualTo(before.incarnation());
        assertThat(again.registration()).isEqualTo(Registration.of("victim", 1));
    }

    @Test
    @Tag("C1")
    default void aBrokenConnectionAloneTakesNobodyOffTheList(Bench bench) {
        Cluster observer = bench.cluster("observer");
        Cluster victim = bench.patientClusterThroughProxy("victim");
        victim.register(Registration.of("victim", 1));
        NodeId before = victim.self();
        MembershipRecorder recorder = observed(bench, observer);
        bench.promptly().until(() -> recorder.names().equals(List.of("victim")));

        bench.faults().cut();
        bench.faults().heal();
        bench.untilRecovery().ignoreExceptionsInstanceOf(ClusterException.class).until(() -> {
            victim.publish(NodeStatus.ONLINE, Map.of("after", "cut"));
            return only(observer.nodes()).metadata().equals(Map.of("after", "cut"));
        });
        bench.cluster("later").register(Registration.of("later", 1));
        bench.promptly().until(() -> recorder.names().equals(List.of("later", "victim")));

        assertThat(victim.self()).isEqualTo(before);
        List<List<Node>> views = recorder.views();
        int seen = IntStream.range(0, views.size())
                .filter(i -> !views.get(i).isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(views.subList(seen, views.size()))
                .allMatch(view -> MembershipRecorder.names(view).contains("victim"));
    }

    @Test
    @Tag("C1")
    default void aSecondProcessOfTheSameNameIsRefusedWhileTheFirstLives(Bench bench) {
        Cluster first = bench.cluster("same");
        first.register(Registration.of("first", 1));
        Cluster second = bench.cluster("same");

        assertThatThrownBy(() -> second.register(Registration.of("second", 1)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("same");

        assertThat(only(second.nodes()).id()).isEqualTo(first.self());
    }

    @Test
    @Tag("C1")
    default void theNextProcessOfANameWaitsUntilTheFirstIsGone(Bench bench) {
        Cluster first = bench.clusterThroughProxy("same");
        first.register(Registration.of("first", 1));
        Cluster second = bench.cluster("same");
        bench.faults().cut();

        CompletableFuture<Boolean> registered = bench.beside(() -> {
            second.register(Registration.of("second", 1));
            return true;
        });

        bench.untilExpiry().until(registered::isDone);
        assertThat(registered.join()).isTrue();
        assertThat(only(second.nodes()).id()).isEqualTo(second.self());
    }

    @Test
    @Tag("C1")
    default void allNodesAreThereAgainAfterARestartOfTheServer(Bench bench) {
        List<Cluster> clusters = List.of(bench.cluster("a"), bench.cluster("b"), bench.cluster("c"));
        for (Cluster cluster : clusters) {
            cluster.register(Registration.of(cluster.self().name(), 1));
        }
        MembershipRecorder recorder = observed(bench, clusters.get(0));

        bench.faults().restartServer();

        bench.untilRecovery().ignoreExceptionsInstanceOf(ClusterException.class).untilAsserted(() -> assertThat(
                        clusters.get(1).nodes())
                .extracting(Node::id)
                .containsExactly(
                        clusters.get(0).self(),
                        clusters.get(1).self(),
                        clusters.get(2).self()));
        bench.untilRecovery().until(() -> recorder.names().equals(List.of("a", "b", "c")));
    }

    @Test
    @Tag("C1")
    default void aRegistrationThatIsTooLargeIsRefused(Bench bench) {
        Cluster cluster = bench.cluster("a");
        cluster.register(new Registration("a", 1, Map.of(), Map.of("text", "x".repeat(30_000)), Set.of(), Set.of()));

        assertThatThrownBy(() -> cluster.publish(NodeStatus.ONLINE, Map.of("text", "x".repeat(33_000))))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(only(cluster.nodes()).metadata()).isEqualTo(Map.of("text", "x".repeat(30_000)));
    }

    private static MembershipRecorder observed(Bench bench, Cluster cluster) {
        MembershipRecorder recorder = new MembershipRecorder();
        bench.atEnd(cluster.onMembership(recorder)::close);
        return recorder;
    }

    private static Node only(List<Node> nodes) {
        assertThat(nodes).hasSize(1);
        return nodes.get(0);
    }
}
