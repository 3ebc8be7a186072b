package io.muster.queue.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.fuzz.Seeds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes publish of themselves, and what operators order. */
class ReportsFuzzTest {
    static Stream<byte[]> reports() {
        return Seeds.texts(
                "[{\"name\":\"default\",\"queues\":[\"default\"],\"weights\":{\"default\":5},\"concurrency\":4,"
                        + "\"stats\":{\"name\":\"default\",\"status\":\"RUNNING\"},\"reserves\":false}]",
                "[{\"name\":\"default\",\"queues\":[\"a\",\"b\"],\"concurrency\":2147483647}]",
                "{\"queues\":{\"mail\":[\"a\"]},\"campaigns\":true}",
                "[null]",
                "null",
                "{\"number\":3,\"by\":\"me\",\"reason\":\"why\",\"atMillis\":5}",
                "[]");
    }

    @MethodSource("reports")
    @FuzzTest
    void pools(byte[] input) {
        look(Map.of("muster.pools", Seeds.text(input)));
    }

    @MethodSource("reports")
    @FuzzTest
    void groups(byte[] input) {
        look(Map.of("muster.pools", "[]", "muster.groups", Seeds.text(input)));
    }

    @MethodSource("reports")
    @FuzzTest
    void reclaimAfter(byte[] input) {
        look(Map.of("muster.pools", "[]", "muster.reclaim-after", Seeds.text(input)));
    }

    @MethodSource("reports")
    @FuzzTest
    void order(byte[] input) {
        Entry entry = new Entry(new Key("orders", "restart"), input, new Version(1, 0), 1, Optional.empty());
        assertThat(Orders.standing(entry)).isNotNull();
    }

    /** All that a leader does with it. */
    private static void look(Map<String, String> metadata) {
        Node node = new Node(
                new NodeId("a", "i1"),
                new Registration("h", 1, Map.of(), metadata, Set.of(), Set.of()),
                NodeStatus.ONLINE,
                Instant.EPOCH,
                Instant.EPOCH);
        NodeReport.of(node).ifPresent(report -> {
            assertThat(report.atWork()).isNotNull();
            assertThat(report.campaigns()).isNotNull();
            report.pools().forEach(pool -> assertThat(pool.order()).isNotNull());
            assertThat(report.metadata()).isNotEmpty();
            assertThat(Seats.of(List.of(node))).hasSameSizeAs(report.pools());
            assertThat(Seats.signs(List.of(node))).isNotNull();
        });
        assertThat(NodeReport.takesPartInElections(node)).isIn(true, false);
    }
}
