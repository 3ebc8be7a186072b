package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.Queue;
import io.muster.queue.schedule.ScheduleView;
import io.muster.queue.store.JobState;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cluster at work, with its jobs in the coordinator, while somebody puts into every directory that Muster reads what no Muster writes:
 * each such entry costs itself and nothing else. It is there before the nodes begin, and put there again while they work.
 */
@Timeout(180)
class HostileCoordinatorIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int JOBS = 20;
    private static final String QUEUE = "default";

    private static final List<String> DIRECTORIES = List.of(
            "members",
            "status",
            "elections",
            "locks",
            "leases",
            "orders",
            "store/board",
            "store/incarnations",
            "store/ids/0",
            "store/unique",
            "store/overlap",
            "store/limits",
            "store/outbox",
            "store/tallies",
            "store/ended",
            "store/schedules",
            "store/batches",
            "store/callbacks",
            "store/batch-ends",
            "store/ready/" + QUEUE,
            "store/delayed/" + QUEUE,
            "store/failed/" + QUEUE,
            "store/held/nobody");

    /** As keys of ours are named, or not at all. */
    private static final List<String> NAMES = List.of(
            "garbage",
            "%",
            "q-" + QUEUE,
            "p-%zz",
            "f-",
            "@",
            "@1767225600000-0000000000000000000001-3-hostile",
            "@0500-0000000000000000000001-0-hostile",
            "@hostile@3@s@" + QUEUE,
            "@hostile@then",
            "@batch@hostile@1-0000000000000000000001");

    private static final List<byte[]> VALUES = List.of(
            new byte[0],
            text("written by nobody we know"),
            text("null"),
            text("{\"@class\":\"javax.script.ScriptEngineManager\",\"name\":[],\"number\":\"x\",\"by\":7}"),
            text("[".repeat(20_000)),
            text("{\"number\":" + "9".repeat(2_000) + ",\"by\":\"x\"}"),
            new byte[] {1, 127, -1, -1, -1, 'x'},
            new byte[] {1, 0, 0, 0, 2, '{', '}'},
            new byte[] {1, 0, 1, 'x', 0, 1, 'y', 0, 1, 'z', 127, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 1});

    private final Timeline timeline = SystemTimeline.instance();
    private final String namespace = "hostile-" + UUID.randomUUID();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger ticks = new AtomicInteger();
    private final AtomicInteger callbacks = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();

    record Work(int number) {}

    record Tick() {}

    record Callback() {}

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOCAL", "REDIS", "ETCD", "CONSUL", "ZOOKEEPER"})
    void whatNobodyOfOursHasWrittenCostsNothingElse(String coordinator) {
        String uri = uri(coordinator);
        Backend backend = backend(uri);
        Key election = new Key("elections", Queue.GROUP);
        litter(backend);
        put(backend, election, VALUES.get(1));
        put(backend, new Key("locks", "mine"), VALUES.get(1));
        Queue first = node("first", uri);
        Queue second = node("second", uri);
        first.schedule("tick").everyMinute().job(new Tick()).register();

        dispatch(second);
        awaitDone(1);
        litter(backend);
        dispatch(first);
        awaitDone(2);

        assertThat(second.nodes()).hasSize(2);
        assertThat(second.leader()).isPresent();
        assertThat(second.operations().maintenance()).isEmpty();
        for (JobState state : JobState.values()) {
            assertThat(list(second, state)).as("jobs that are %s", state).isNotNull();
        }
        assertThat(second.size(QUEUE).completed()).isGreaterThanOrEqualTo(2 * JOBS);
        assertThat(second.schedules().list()).extracting(ScheduleView::name).contains("tick");
        assertThat(second.schedules().runNow("tick")).isInstanceOf(PushOutcome.Pushed.class);
        await().atMost(PATIENCE).until(() -> ticks.get() > 0);
        assertThat(second.batches().list(Optional.empty(), 10).batches()).hasSize(2);
        LockAttempt lock = second.cluster().tryLock("mine", Duration.ofSeconds(5));
        assertThat(lock).isInstanceOf(LockAttempt.Held.class);
        assertThat(second.cluster().tryLease("garbage", Duration.ofSeconds(5))).isInstanceOf(LeaseAttempt.Busy.class);
        assertThat(second.cluster().tryLease("mine", Duration.ofSeconds(5))).isInstanceOf(LeaseAttempt.Held.class);
    }

    private static List<StoredJob> list(Queue queue, JobState state) {
        return queue.store().intake().list(QUEUE, state, Optional.empty(), 500).jobs();
    }

    private void dispatch(Queue queue) {
        queue.bulk(QUEUE, IntStream.range(0, JOBS).mapToObj(Work::new).toList());
        queue.batch("of hostile days")
                .add(new Work(1), new Work(2))
                .onFinally(new Callback())
                .dispatch();
        queue.chain(new Work(1), new Work(2)).dispatch();
    }

    private void awaitDone(int rounds) {
        await().atMost(PATIENCE).until(() -> runs.get() >= rounds * (JOBS + 4));
        await().atMost(PATIENCE).until(() -> callbacks.get() >= rounds);
        assertThat(runs.get()).isEqualTo(rounds * (JOBS + 4));
        assertThat(callbacks.get()).isEqualTo(rounds);
    }

    private void litter(Backend backend) {
        for (String directory : DIRECTORIES) {
            for (int i = 0; i < NAMES.size(); i++) {
                boolean fence = NAMES.get(i).startsWith("q-") && !directory.equals("store/board");
                put(
                        backend,
                        new Key(directory, fence ? "q-other" : NAMES.get(i)),
                        VALUES.get((i + directory.length()) % VALUES.size()));
            }
        }
    }

    private void put(Backend backend, Key key, byte[] value) {
        backend.commit(
                Transaction.builder().write(Write.put(key, value)).build(),
                Deadline.after(Duration.ofSeconds(10), timeline.ticker()));
    }

    private Queue node(String name, String uri) {
        Queue queue = Queue.named(namespace)
                .cluster(uri)
                .store("cluster:")
                .settings(settings -> settings.withNodeId(name).withSessionTtl(Duration.ofSeconds(4)))
                .handle("work", Work.class, (job, context) -> runs.incrementAndGet())
                .handle("tick", Tick.class, (job, context) -> ticks.incrementAndGet())
                .handle("callback", Callback.class, (job, context) -> callbacks.incrementAndGet())
                .start();
        opened.add(0, queue);
        return queue;
    }

    private Backend backend(String uri) {
        ConnectionUri parsed = ConnectionUri.parse(uri);
        BackendConfig config = ServiceLoader.load(ClusterProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains(parsed.scheme()))
                .findFirst()
                .orElseThrow()
                .config(parsed);
        Backend backend = config.open(namespace, timeline);
        opened.add(0, backend);
        return backend;
    }

    private String uri(String coordinator) {
        if (coordinator.equals("LOCAL")) {
            return "local:" + namespace;
        }
        Optional<LocalServer> server = SharedServers.get(ServerKind.valueOf(coordinator));
        Assumptions.assumeTrue(server.isPresent(), coordinator + " is missing");
        return server.get().uri().toString();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
