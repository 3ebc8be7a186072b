package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that nobody of ours wrote, put into the coordinator and the store of a running cluster: the cluster goes on. */
class HostileValuesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Its payload is no JSON. */
    private static final String LINK =
            "{\"id\":\"a\",\"queue\":\"default\",\"type\":\"anything\",\"payload\":\"AA==\"}";

    private static final String TRAP = "io.muster.queue.HostileValuesTest$Trap";
    private static final List<String> DIRECTORIES = List.of(
            "members",
            "status",
            "elections",
            "locks",
            "leases",
            "orders",
            "store/board",
            "store/incarnations",
            "store/unique",
            "store/overlap",
            "store/limits",
            "store/outbox",
            "store/tallies",
            "store/ended",
            "store/schedules",
            "store/ids/0",
            "store/ready/default",
            "store/delayed/default",
            "store/failed/default",
            "store/held/stranger");

    private final Timeline timeline = SystemTimeline.instance();
    private final String coordinator = UUID.randomUUID().toString();
    private final AtomicInteger runs = new AtomicInteger();
    private final List<Queue> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    record Anything(Object value) {}

    /** Says when it is loaded. */
    static final class Trap {
        static {
            System.setProperty(TRAP, "loaded");
        }

        private Trap() {}
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Queue::close);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "[1]",
                "{\"v\":99}",
                "{\"owner\":\"a\",\"job\":\"b\",\"ends\":\"never\",\"status\":\"KING\",\"ended\":\"PERHAPS\",\"at\":\"x\"}",
                "{\"number\":9223372036854775807,\"by\":5,\"atMillis\":\"x\"}",
                "\u0001\u0000\u0000\u0000\u0002{}",
                "\u0001\u007f\u00ff\u00ff\u00ff"
            })
    void aClusterGoesOnWhateverLiesInItsCoordinator(String value) {
        List<Queue> nodes = List.of(node("cluster:"), node("cluster:"));
        nodes.get(0).push(new Anything(0));
        await().atMost(PATIENCE).until(() -> runs.get() == 1);

        put(value.getBytes(StandardCharsets.ISO_8859_1));
        put((value + "x".repeat(50_000)).getBytes(StandardCharsets.ISO_8859_1));
        nodes.get(1)
                .bulk("default", IntStream.range(0, 20).mapToObj(Anything::new).toList());
        nodes.get(0).later(Duration.ofMillis(300), new Anything("delayed"));

        await().atMost(PATIENCE).until(() -> runs.get() == 22);
        assertThat(nodes.get(0).nodes()).hasSizeGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory:", "cluster:", "h2:"})
    void aPayloadChoosesNoClass(String store) {
        Queue queue = node(store.equals("h2:") ? store + folder.resolve("jobs") : store);
        List<String> bodies = List.of(
                "{\"@class\":\"" + TRAP + "\"}",
                "{\"@type\":\"" + TRAP + "\"}",
                "[\"" + TRAP + "\",{}]",
                "{\"value\":{\"@class\":\"" + TRAP + "\"}}",
                "{\"value\":[\"" + TRAP + "\",{}],\"value\":[\"javax.script.ScriptEngineManager\",[]]}",
                "{\"value\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
                "{\"value\":" + "9".repeat(5_000) + "}",
                "{\"value\":1e999999999}",
                "{\"value\":\"" + "x".repeat(50_000) + "\"}",
                "{\"value\":1},\"flow\":{\"links\":[{\"id\":\"a\",\"queue\":\"default\",\"type\":\"anything\"}]}",
                "{\"value\":1},\"flow\":{\"links\":[" + LINK + "," + LINK + "]}",
                "5,\"flow\":{\"catch\":" + LINK + "}");
        List<NewJob> jobs = IntStream.range(0, bodies.size())
                .mapToObj(i -> NewJob.of("hostile" + i, "default", "anything", payload(bodies.get(i))))
                .toList();

        queue.pushRaw(jobs);
        queue.push(new Anything("after them"));

        await().atMost(PATIENCE).until(() -> jobs.stream()
                .allMatch(job -> queue.find(job.id()).orElseThrow().state().isSettled()));
        await().atMost(PATIENCE).until(() -> runs.get() >= 1);
        for (int deep : List.of(5, 6)) {
            assertThat(queue.find("hostile" + deep).orElseThrow().state()).isEqualTo(JobState.FAILED);
            assertThat(queue.find("hostile" + deep).orElseThrow().reason().orElseThrow())
                    .contains("unreadable");
        }
        assertThat(System.getProperty(TRAP)).isNull();
    }

    private static byte[] payload(String data) {
        return ("{\"v\":1,\"data\":" + data + "}").getBytes(StandardCharsets.UTF_8);
    }

    private Queue node(String store) {
        Queue queue = Queue.named("hostile")
                .cluster("local:" + coordinator)
                .store(store)
                .handle("anything", Anything.class, (job, context) -> runs.incrementAndGet())
                .start();
        opened.add(queue);
        return queue;
    }

    private void put(byte[] value) {
        try (Backend backend = LocalConfig.named(coordinator).open("hostile", timeline)) {
            for (String directory : DIRECTORIES) {
                for (String name : List.of("stranger", "@stranger", "@1-2-3-4", "a@b", "%", "q-%zz", "@a@b@c@%")) {
                    Transaction write = Transaction.builder()
                            .write(Write.put(new Key(directory, name), value))
                            .build();
                    backend.commit(write, Deadline.after(Duration.ofSeconds(5), timeline.ticker()));
                }
            }
            Transaction order = Transaction.builder()
                    .write(Write.put(new Key("orders", "restart"), value))
                    .build();
            backend.commit(order, Deadline.after(Duration.ofSeconds(5), timeline.ticker()));
        }
    }
}
