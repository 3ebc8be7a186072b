package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

/** Payloads that nobody of ours wrote, put into the store of a running node: the node goes on. */
class HostileValuesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Its payload is no JSON. */
    private static final String LINK =
            "{\"id\":\"a\",\"queue\":\"default\",\"type\":\"anything\",\"payload\":\"AA==\"}";

    private static final String TRAP = "io.muster.queue.HostileValuesTest$Trap";
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
}
