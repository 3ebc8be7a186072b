package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.explain.Cause;
import io.muster.queue.explain.WorkflowCause.OnItsWay;
import io.muster.queue.explain.WorkflowCause.OnItsWay.Share;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of a job that has its turn on another connection, and is not there yet. */
@Tag("W1")
@Tag("O1")
class OnItsWayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    record Step(String name) {}

    /** Jobs of "orders" are run here; "reports" takes one job and no more. */
    private static Connections open(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "muster.cluster", "local:" + UUID.randomUUID(),
                "muster.node-id", "node-a",
                "muster.connection", "orders",
                "muster.connections.orders.driver", "cluster",
                "muster.connections.reports.driver", "memory"));
        properties.putAll(more);
        return Connections.of(properties, Map.of("QUEUE_MEMORY_MAX_JOBS", "1"))
                .handle("step", Step.class, (step, context) -> {
                    if (step.name().equals("fails")) {
                        throw new IllegalStateException("cannot be done");
                    }
                })
                .work("orders", PoolOptions.of("default"))
                .open();
    }

    private static Queue orders(Connections connections) {
        return connections.defaultConnection().queue().orElseThrow();
    }

    /** A job is there a moment before its entry is removed here. */
    private static void awaitEmptyOutbox(Connections connections) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(orders(connections)
                        .store()
                        .leader()
                        .outbox(Optional.empty(), 10)
                        .entries())
                .isEmpty());
    }

    private static String dispatchChain(Connections connections) {
        return connections
                .defaultConnection()
                .chain(
                        new Step("first"),
                        connections
                                .job(new Step("second"))
                                .id("second")
                                .onConnection("reports")
                                .onQueue("nightly"),
                        connections.job(new Step("third")).id("third"))
                .catching(connections.job(new Step("caught")).id("caught"))
                .dispatch()
                .jobId();
    }

    private static OnItsWay onItsWay(Connections connections, String id) {
        return orders(connections).explain(id).causes().stream()
                .filter(OnItsWay.class::isInstance)
                .map(OnItsWay.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError(orders(connections).explain(id)));
    }

    @Test
    void whatAnotherConnectionDoesNotTakeSaysWhySinceWhenAndWhoTried() {
        try (Connections connections = open(Map.of())) {
            connections.on("reports").push(new Step("fills it"));
            Instant before = Instant.now();
            String first = dispatchChain(connections);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            onItsWay(connections, "second").held())
                    .hasValueSatisfying(held -> {
                        assertThat(held.leader()).isEqualTo("node-a");
                        assertThat(held.since()).isBetween(before, Instant.now());
                        assertThat(held.reason()).contains("nightly", "reports", "has no room for 1 more");
                    }));
            OnItsWay second = onItsWay(connections, "second");
            assertThat(second.of()).isEqualTo(Share.ITSELF);
            assertThat(second.connection()).contains("reports");
            assertThat(second.queue()).isEqualTo("nightly");
            assertThat(onItsWay(connections, "third").of()).isEqualTo(Share.LINK);
            assertThat(onItsWay(connections, "third").text())
                    .contains("comes behind job second (step), which is on its way to connection \"reports\"");
            assertThat(onItsWay(connections, "caught").of()).isEqualTo(Share.CATCH);
            assertThat(onItsWay(connections, first).of()).isEqualTo(Share.CHAIN);
            assertThat(orders(connections).explain(first).causes())
                    .extracting(Cause::code)
                    .containsExactly("settled", "on-its-way");

            assertThat(connections.on("reports").clear("default")).isEqualTo(1);
            await().atMost(PATIENCE)
                    .until(() -> connections.on("reports").size("nightly").ready() == 1);
            awaitEmptyOutbox(connections);
        }
    }

    @Test
    void aCallbackOfABatchOnItsWaySaysSoAndNotThatTheBatchHasEnded() {
        try (Connections connections = open(Map.of())) {
            connections.on("reports").push(new Step("fills it"));
            String batch = connections
                    .defaultConnection()
                    .batch("import")
                    .add(new Step("a"))
                    .then(connections.job(new Step("told")).onConnection("reports"))
                    .dispatch()
                    .id();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            orders(connections).explain(batch + ".then").causes())
                    .extracting(Cause::code)
                    .containsExactly("on-its-way"));
            assertThat(orders(connections).explain(batch).causes())
                    .extracting(Cause::code)
                    .containsExactly("batch-ended");
        }
    }

    @Test
    void whereNobodyLeadsThatIsWhatItWaitsFor() {
        try (Connections connections =
                open(Map.of("muster.enable-leader-election", "false", "muster.election-timeout", "100ms"))) {
            dispatchChain(connections);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            orders(connections).explain("second").causes())
                    .extracting(Cause::code)
                    .containsExactly("on-its-way", "no-leader"));
            assertThat(onItsWay(connections, "second").text())
                    .isEqualTo("It is on its way to connection \"reports\", queue \"nightly\"; the leader pushes it"
                            + " there next.");
        }
    }

    @Test
    void whatHasArrivedThereIsTheOtherConnectionsToExplain() {
        List<String> codes;
        try (Connections connections = open(Map.of())) {
            dispatchChain(connections);
            await().atMost(PATIENCE)
                    .until(() -> connections.on("reports").size("nightly").ready() == 1);
            awaitEmptyOutbox(connections);
            codes = orders(connections).explain("second").causes().stream()
                    .map(Cause::code)
                    .toList();
        }
        assertThat(codes).as("it is the other connection's now").containsExactly("unknown-id");
    }
}
