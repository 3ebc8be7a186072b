package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several groups with a leader each, on several nodes, in manual time. */
@Tag("C10")
class GroupsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> QUEUES = List.of("mail", "reports", "others");

    private ManualTimeline timeline = ManualTimeline.shuffled(1);
    private LocalCoordinator coordinator = LocalCoordinator.on(timeline);
    private final Map<String, Member> processes = new LinkedHashMap<>();

    record Count(int number) {}

    @AfterEach
    void nothingFailedUnseen() {
        assertThat(timeline.failures()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void threeGroupsLeadOnThreeNodesAndSurviveTheirLeadersOneByOne(long seed) {
        timeline = ManualTimeline.shuffled(seed);
        coordinator = LocalCoordinator.on(timeline);
        List.of("n1", "n2", "n3").forEach(name -> begin(name, Map.of()));
        within(LONG, () -> leadersOf(3).size() == 3);
        int pushed = 0;

        for (String group : List.of("default", "mail", "reports")) {
            Member leading = process(client().leader(group).orElseThrow().node().name());
            long term = client().leader(group).orElseThrow().term();
            pushed += push();
            leading.kill();

            within(Duration.ofSeconds(10), () -> client().leader(group)
                    .filter(now -> now.term() > term)
                    .isPresent());
            pushed += push();
            int all = pushed;
            within(LONG, () -> completed() == all);
            begin(leading.name, Map.of());
            within(LONG, () -> leadersOf(3).size() == 3);
        }
    }

    @Test
    void onceSpreadNobodyGivesAnythingUp() {
        List.of("n1", "n2", "n3").forEach(name -> begin(name, Map.of()));
        within(LONG, () -> leadersOf(3).size() == 3);
        Map<String, Long> terms = terms();

        timeline.advance(Duration.ofMinutes(5));

        assertThat(terms()).isEqualTo(terms);
    }

    @Test
    void aLoneNodeLeadsAllAndSharesWithTheNextThatJoins() {
        begin("n1", Map.of());
        within(LONG, () -> leadersOf(3).equals(List.of("n1")));
        assertThat(process("n1").queue.leads("mail")).isTrue();

        begin("n2", Map.of());

        within(LONG, () -> leadersOf(3).size() == 2);
    }

    @Test
    void aNodeThatMayNotLeadIsGivenNothing() {
        begin("n1", Map.of());
        begin("n2", Map.of("muster.enable-leader-election", "false"));

        timeline.advance(Duration.ofSeconds(30));

        assertThat(leadersOf(3)).containsExactly("n1");
        int pushed = push();
        within(LONG, () -> completed() == pushed);
    }

    @Test
    void groupsAreShownWithTheirQueuesAndLeadersAlsoToThoseWhoWereNotToldOfThem() {
        begin("n1", Map.of());
        begin("n2", Map.of());
        within(LONG, () -> leadersOf(3).size() == 2);

        assertThat(client().groups()).extracting(GroupView::group).containsExactly("default", "mail", "reports");
        assertThat(client().stats().groups().get(1).queues()).containsExactly("mail", "letters");
        assertThat(client().nodes().stream()
                        .mapToInt(node -> node.groups().size())
                        .sum())
                .isEqualTo(3);
    }

    private Member begin(String name, Map<String, String> more) {
        Member process = new Member(name, more);
        processes.put(name, process);
        return process;
    }

    private Member process(String name) {
        return Objects.requireNonNull(processes.get(name));
    }

    private Queue client() {
        return clients.computeIfAbsent("client", name -> builder(name, timeline.node(name), Map.of(), new LocalFaults())
                .type("count", Count.class)
                .connect());
    }

    private final Map<String, Queue> clients = new LinkedHashMap<>();

    private int push() {
        for (String queue : QUEUES) {
            for (int i = 0; i < 10; i++) {
                client().pushOn(queue, new Count(i));
            }
        }
        return 30;
    }

    private long completed() {
        return client().store().intake().counts().stream()
                .mapToLong(QueueCounts::completed)
                .sum();
    }

    /** Names of the nodes that lead, once each, if all groups are led; else none. */
    private List<String> leadersOf(int groups) {
        List<String> leaders = client().groups().stream()
                .flatMap(group -> group.leader().stream())
                .map(leader -> leader.node().name())
                .toList();
        Collection<String> distinct = leaders.stream().distinct().sorted().toList();
        return leaders.size() == groups ? new ArrayList<>(distinct) : List.of();
    }

    private Map<String, Long> terms() {
        return client().groups().stream()
                .collect(Collectors.toMap(
                        GroupView::group, group -> group.leader().orElseThrow().term()));
    }

    private void within(Duration most, BooleanSupplier condition) {
        assertThat(timeline.runUntil(condition, most))
                .as(() -> "within " + most + ": " + client().groups() + " " + client().stats())
                .isTrue();
    }

    private QueueBuilder builder(String name, ManualNode node, Map<String, String> more, LocalFaults faults) {
        Map<String, String> text = new LinkedHashMap<>(Map.of(
                "muster.namespace", "groups",
                "muster.session-ttl", "2s",
                "muster.election-timeout", "1ms",
                "muster.heartbeat-interval", "300ms",
                "muster.node-id", name));
        text.putAll(more);
        return Queue.of(QueueSettings.of(text))
                .cluster(coordinator.config(faults))
                .store("cluster:")
                .timeline(node);
    }

    private final class Member {
        private final String name;
        private final ManualNode node;
        private final LocalFaults faults = new LocalFaults();
        private final Queue queue;

        Member(String name, Map<String, String> more) {
            Map<String, String> text = new LinkedHashMap<>(
                    Map.of("muster.groups.mail", "mail,letters", "muster.groups.reports", "reports"));
            text.putAll(more);
            this.name = name;
            this.node = timeline.node(name + "-" + timeline.elapsed());
            this.queue = builder(name, node, text, faults)
                    .pool(PoolOptions.of(QUEUES.toArray(String[]::new)))
                    .handle("count", Count.class, (job, context) -> {})
                    .start();
        }

        void kill() {
            faults.cut();
            node.kill();
        }
    }
}
