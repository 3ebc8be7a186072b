package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.queue.Connections;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import io.muster.queue.explain.Cause;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.worker.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why a job is not running, as far as the store has to answer, on each store. Causes that the nodes tell have their tests in queue-testkit. */
@Tag("O1")
class ExplainOnStoresIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> DRIVERS =
            Map.of("MEMORY", "memory", "CLUSTER", "cluster", "REDIS", "redis");
    private static final Duration HOUR = Duration.ofHours(1);

    @JobName("why.wait")
    record Wait(String what) {}

    @JobName("why.limited")
    record Limited() implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(RateLimited.by("hourly"));
        }

        @Override
        public void handle(JobContext context) {}
    }

    @JobName("why.flaky")
    @JobDefaults(tries = 3)
    record Flaky() implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(ThrottlesExceptions.after(1, HOUR));
        }

        @Override
        public void handle(JobContext context) {
            throw new IllegalStateException("down");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MEMORY", "CLUSTER", "REDIS", "POSTGRESQL", "MARIADB", "H2"})
    void eachCauseIsTold(String kind, @TempDir Path folder) {
        String store = store(kind, folder);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (Queue queue = Queue.named("why-" + UUID.randomUUID().toString().substring(0, 8))
                .settings(settings -> settings.withNodeId("node-a"))
                .cluster("local:")
                .store(store)
                .limiter("hourly", Limit.perHour(1))
                .job(Limited.class)
                .job(Flaky.class)
                .handle(Wait.class, (wait, context) -> {
                    if (wait.what().equals("waits") && !mayEnd.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                        throw new IllegalStateException("Nobody let it end");
                    }
                })
                .pool(PoolOptions.of("default").withConcurrency(3))
                .start()) {
            delayed(queue);
            pausedAndUnserved(queue);
            limited(queue);
            throttled(queue);
            overlapping(queue);
            chained(queue);
            if (queue.store().capabilities().keepsBatches()) {
                batched(queue);
            }
            mayEnd.countDown();
        } finally {
            mayEnd.countDown();
        }
    }

    private static String store(String kind, Path folder) {
        return switch (kind) {
            case "MEMORY" -> "memory:";
            case "CLUSTER" -> "cluster:";
            default -> {
                Optional<StorePlace> place = StoreKind.valueOf(kind).place(folder);
                Assumptions.assumeTrue(place.isPresent(), kind + " is missing");
                yield place.get().uri().orElseThrow();
            }
        };
    }

    /** The other connection is full; what is for it waits in the outbox of this store. */
    @ParameterizedTest
    @Tag("W1")
    @ValueSource(strings = {"MEMORY", "CLUSTER", "REDIS", "POSTGRESQL", "MARIADB", "H2"})
    void whatIsOnItsWayToAnotherConnectionIsTold(String kind, @TempDir Path folder) {
        Map<String, String> properties = Map.of(
                "muster.cluster",
                "local:" + UUID.randomUUID(),
                "muster.namespace",
                "why-" + UUID.randomUUID().toString().substring(0, 8),
                "muster.node-id",
                "node-a",
                "muster.connection",
                "orders",
                "muster.connections.orders.driver",
                DRIVERS.getOrDefault(kind, "database"),
                "muster.connections.orders.store",
                store(kind, folder),
                "muster.connections.reports.driver",
                "memory");
        try (Connections connections = Connections.of(properties, Map.of("QUEUE_MEMORY_MAX_JOBS", "1"))
                .handle("why.wait", Wait.class, (wait, context) -> {})
                .work("orders", PoolOptions.of("default"))
                .open()) {
            Queue queue = connections.defaultConnection().queue().orElseThrow();
            connections.on("reports").push(new Wait("fills it"));
            String first = queue.chain(
                            new Wait("first"),
                            connections.job(new Wait("second")).id("second").onConnection("reports"),
                            connections.job(new Wait("third")).id("third"))
                    .dispatch()
                    .jobId();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(json(queue, "second"))
                    .containsEntry("cause", "on-its-way")
                    .containsEntry("connection", "reports")
                    .containsEntry("leader", "node-a")
                    .containsKeys("since", "reason"));
            assertThat(json(queue, "third")).containsEntry("of", "LINK").containsEntry("job", "second");
            assertThat(codes(queue, first)).containsExactly("settled", "on-its-way");
            connections.on("reports").clear("default");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            connections.on("reports").size("default").ready())
                    .isEqualTo(1));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            queue.store().leader().outbox(Optional.empty(), 10).entries())
                    .isEmpty());
        }
    }

    private static void delayed(Queue queue) {
        String job = queue.later(HOUR, new Wait("nothing"));

        assertThat(codes(queue, job)).containsExactly("delayed");
        assertThat(json(queue, job)).containsEntry("cause", "delayed").containsKey("until");
    }

    private static void pausedAndUnserved(Queue queue) {
        queue.pause("media");
        String job = queue.pushOn("media", new Wait("nothing"));

        assertThat(codes(queue, job)).containsExactly("queue-paused", "queue-unserved");
        assertThat(json(queue, job)).containsEntry("by", "node-a").containsKey("since");
    }

    private static void limited(Queue queue) {
        queue.push(new Limited());
        String second = queue.push(new Limited());
        String third = queue.push(new Limited());

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(codes(queue, second) + " " + codes(queue, third))
                .contains("[delayed, limiter]"));
    }

    private static void throttled(Queue queue) {
        String job = queue.push(new Flaky());

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(codes(queue, job)).containsExactly("delayed", "throttled"));
    }

    private static void overlapping(Queue queue) {
        OverlapKey key = OverlapKey.of("customer 7");
        String first =
                queue.job(new Wait("waits")).withoutOverlapping(key).dispatch().jobId();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(codes(queue, first)).containsExactly("running"));
        String second = queue.job(new Wait("nothing"))
                .withoutOverlapping(key)
                .dispatch()
                .jobId();

        assertThat(codes(queue, second)).containsExactly("overlap");
        assertThat(json(queue, second))
                .containsEntry("key", "customer 7")
                .containsEntry("holder", first)
                .containsEntry("node", "node-a");
    }

    private static void chained(Queue queue) {
        String first = queue.chain(
                        new Wait("ends"),
                        queue.job(new Wait("waits")).id("second"),
                        queue.job(new Wait("ends")).id("third"))
                .catching(queue.job(new Wait("ends")).id("caught"))
                .dispatch()
                .jobId();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(codes(queue, "second")).containsExactly("running"));
        assertThat(codes(queue, first)).containsExactly("settled", "chain-at");
        assertThat(codes(queue, "third")).containsExactly("chain-link");
        assertThat(json(queue, "third")).containsEntry("front", "second").containsEntry("place", 1);
        assertThat(codes(queue, "caught")).containsExactly("chain-catch");
        assertThat(codes(queue, "nobody")).containsExactly("unknown-id");
    }

    private static void batched(Queue queue) {
        Batch batch = queue.batch("photos")
                .add(queue.job(new Wait("waits")).id("member"))
                .then(new Wait("ends"))
                .onQueue("media")
                .dispatch();
        batch.cancel();

        assertThat(codes(queue, "member")).containsExactly("queue-paused", "queue-unserved", "batch-cancelled");
        assertThat(codes(queue, batch.id())).containsExactly("batch");
        assertThat(json(queue, batch.id())).containsEntry("pending", 1).containsEntry("name", "photos");
        assertThat(codes(queue, batch.id() + ".then")).containsExactly("batch");
    }

    private static List<String> codes(Queue queue, String id) {
        return queue.explain(id).causes().stream().map(Cause::code).toList();
    }

    /** The first cause as it is written as JSON, and read again. */
    private static Map<String, Object> json(Queue queue, String id) {
        JsonNode tree = JSON.valueToTree(QueueFigures.explanation(queue.explain(id)));
        return JSON.convertValue(tree.path("causes").path(0), new TypeReference<Map<String, Object>>() {});
    }
}
