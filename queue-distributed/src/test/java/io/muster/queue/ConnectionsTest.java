package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoreFullException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several named connections of one process. */
@Timeout(60)
class ConnectionsTest {
    private final String coordinator = "local:" + UUID.randomUUID();
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    record Greet(String who) {}

    record Break(String how) {}

    @Test
    @Tag("Q1")
    void jobsGoToTheDefaultQueueOfTheirConnectionUnlessAnotherIsNamed() {
        try (Connections connections = handling(Map.of(
                        "muster.connection", "orders",
                        "muster.connections.orders.driver", "cluster",
                        "muster.connections.orders.queue", "incoming",
                        "muster.connections.scratch.driver", "memory"))
                .work("orders")
                .open()) {
            connections.on("scratch").push(new Greet("memory"));
            connections.on("scratch").pushOn("side", new Greet("side"));
            connections.push(new Greet("default"));
            assertThat(connections.job(new Greet("fluent")).onQueue("incoming").dispatch())
                    .isInstanceOf(Dispatched.Stored.class);

            await().until(() -> ran.size() == 2);
            assertThat(ran).containsExactlyInAnyOrder("default on incoming", "fluent on incoming");
            assertThat(connections.on("scratch").size("default").ready()).isEqualTo(1);
            assertThat(connections.on("scratch").size("side").ready()).isEqualTo(1);
            assertThat(connections.on("scratch").clear("side")).isEqualTo(1);
            assertThat(connections.defaultConnection().name()).isEqualTo("orders");
            await().untilAsserted(() -> assertThat(
                            connections.defaultConnection().size("incoming").completed())
                    .isEqualTo(2));
            assertThat(connections.names()).containsExactlyInAnyOrder("orders", "scratch", "sync", "null");
        }
    }

    @Test
    @Tag("Q1")
    void aProcessThatOnlyDispatchesAndOneThatWorksMeetOnTheConnectionOfTheSameName() {
        Map<String, String> settings = Map.of("muster.connections.orders.driver", "cluster");
        try (Connections worker = handling(settings).work("orders").open();
                Connections front = builder(settings).type("greet", Greet.class).open()) {
            front.push(new Greet("from afar"));

            await().until(() -> ran.contains("from afar on default"));
            assertThat(front.defaultConnection().queue().orElseThrow().pools()).isEmpty();
            assertThat(worker.defaultConnection().queue().orElseThrow().pools()).hasSize(1);
        }
    }

    @Test
    @Tag("Q2")
    void syncRunsTheJobInTheCallerBeforePushReturnsWhateverItsDelay() {
        Thread[] thread = new Thread[1];
        try (Connections connections = builder(Map.of())
                .handle("greet", Greet.class, (job, context) -> {
                    thread[0] = Thread.currentThread();
                    ran.add(job.who() + " " + context.attempt() + " " + context.queue());
                })
                .open()) {
            assertThat(connections.defaultConnection().driver()).isEqualTo(Driver.SYNC);

            connections.push(new Greet("now"));
            connections.defaultConnection().later(Duration.ofDays(1), new Greet("later"));
            connections.on("sync").bulk("many", List.of(new Greet("a"), new Greet("b")));

            assertThat(ran).containsExactly("now 1 default", "later 1 default", "a 1 many", "b 1 many");
            assertThat(thread[0]).isSameAs(Thread.currentThread());
            assertThat(connections.on("sync").size("default").live()).isZero();
        }
    }

    @Test
    @Tag("Q2")
    void syncThrowsToTheCallerWhatTheHandlerThrows() {
        try (Connections connections = builder(Map.of())
                .handle("break", Break.class, (job, context) -> {
                    switch (job.how()) {
                        case "unchecked" -> throw new IllegalStateException("broken");
                        case "checked" -> throw new IOException("no disk");
                        case "fail" -> context.fail("will not");
                        case "release" -> context.release(Duration.ofSeconds(5));
                        default -> context.delete();
                    }
                })
                .type("greet", Greet.class)
                .open()) {
            assertThatThrownBy(() -> connections.push(new Break("unchecked")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("broken");
            assertThatThrownBy(() -> connections.push(new Break("checked")))
                    .isInstanceOf(QueueException.class)
                    .hasMessageContainingAll("break", "default", "sync", "no disk")
                    .hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> connections.push(new Break("fail"))).hasMessageContaining("will not");
            assertThatThrownBy(() -> connections.push(new Break("release"))).hasMessageContaining("eleased");
            assertThat(connections.push(new Break("delete"))).isNotEmpty();
            assertThatThrownBy(() -> connections.push(new Greet("nobody")))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("handler");
            CompletableFuture<Dispatched> async =
                    connections.job(new Break("unchecked")).dispatchAsync();
            assertThat(async).isCompletedExceptionally();
        }
    }

    @Test
    @Tag("Q2")
    void nullAcceptsAndDrops() {
        try (Connections connections =
                handling(Map.of("muster.connection", "null")).open()) {
            assertThat(connections.push(new Greet("nobody"))).isNotEmpty();
            assertThat(connections.on("null").bulk("many", List.of(new Greet("a"), new Greet("b"))))
                    .hasSize(2);
            assertThat(connections.defaultConnection().queue()).isEmpty();
        }
        assertThat(ran).isEmpty();
    }

    @Test
    @Tag("Q2")
    void memoryIsBoundedAsTheEnvironmentSays() {
        Map<String, String> environment = Map.of("QUEUE_CONNECTION", "memory", "QUEUE_MEMORY_MAX_JOBS", "3");
        try (Connections connections = Connections.of(namespaced(Map.of()), environment)
                .type("greet", Greet.class)
                .open()) {
            IntStream.range(0, 3).forEach(i -> connections.push(new Greet("job " + i)));

            assertThatThrownBy(() -> connections.push(new Greet("one too many")))
                    .isInstanceOf(QueueException.class)
                    .hasCauseInstanceOf(StoreFullException.class);
        }
    }

    @Test
    @Tag("Q4")
    void rawPayloadsArePushedAsTheyAre() {
        byte[] payload = "{\"v\":1,\"data\":{\"who\":\"raw\"}}".getBytes(StandardCharsets.UTF_8);
        try (Connections connections = handling(Map.of("muster.connections.orders.driver", "cluster"))
                .work("orders")
                .open()) {
            connections.on("sync").pushRaw(List.of(NewJob.of("one", "here", "greet", payload)));
            assertThat(ran).containsExactly("raw on here");

            connections.on("orders").pushRaw(List.of(NewJob.of("two", "default", "greet", payload)));
            await().until(() -> ran.contains("raw on default"));
        }
    }

    @Test
    @Tag("C9")
    void aConnectionThatIsNotThereIsNamedWithThoseThatAre() {
        try (Connections connections = handling(Map.of()).open()) {
            assertThatThrownBy(() -> connections.on("orders"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("orders", "sync", "null");
        }
        assertThatThrownBy(() -> handling(Map.of("muster.connection", "orders")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContainingAll("orders", "muster.connections.orders.driver");
        assertThatThrownBy(() -> handling(Map.of()).work("sync").open())
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("keeps no jobs");
    }

    private ConnectionsBuilder handling(Map<String, String> settings) {
        return builder(settings)
                .handle("greet", Greet.class, (job, context) -> ran.add(job.who() + " on " + context.queue()));
    }

    private ConnectionsBuilder builder(Map<String, String> settings) {
        return Connections.of(namespaced(settings));
    }

    private Map<String, String> namespaced(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("muster.namespace", coordinator.substring("local:".length()));
        all.put("muster.cluster", coordinator);
        return all;
    }
}
