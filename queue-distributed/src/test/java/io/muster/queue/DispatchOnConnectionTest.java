package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job that names a connection is dispatched on that one, wherever in the process it is handed in. */
@Tag("J2")
@Tag("J3")
@Timeout(60)
class DispatchOnConnectionTest {
    private static final ConcurrentMap<String, List<String>> RUNS = new ConcurrentHashMap<>();

    private final String run = UUID.randomUUID().toString();
    private final Connections connections = Connections.of(Map.of(
                    "muster.cluster",
                    "local:" + run,
                    "muster.connection",
                    "orders",
                    "muster.connections.orders.driver",
                    "memory",
                    "muster.connections.orders.queue",
                    "incoming",
                    "muster.connections.reports.driver",
                    "cluster",
                    "muster.connections.reports.queue",
                    "nightly"))
            .each(queue ->
                    queue.job(Report.class).job(Plain.class).job(Chosen.class).job(Lost.class))
            .open();

    @JobName("report")
    @JobDefaults(connection = "reports")
    record Report(String run) implements Job {
        @Override
        public void handle(JobContext context) {
            ran(run, "report");
        }
    }

    @JobName("plain")
    record Plain(String run) implements Job {
        @Override
        public void handle(JobContext context) {
            ran(run, "plain");
        }
    }

    @JobName("chosen")
    record Chosen(String run, String connection) implements Job {
        @Override
        public JobOptions options() {
            return JobOptions.DEFAULT.withConnection(connection);
        }

        @Override
        public void handle(JobContext context) {
            ran(run, "chosen");
        }
    }

    @JobName("lost")
    @JobDefaults(connection = "elsewhere")
    record Lost(String run) implements Job {
        @Override
        public void handle(JobContext context) {}
    }

    private static void ran(String run, String what) {
        RUNS.computeIfAbsent(run, any -> Collections.synchronizedList(new ArrayList<>()))
                .add(what);
    }

    @BeforeEach
    void listen() {
        RUNS.put(run, Collections.synchronizedList(new ArrayList<>()));
    }

    @AfterEach
    void close() {
        connections.close();
        RUNS.remove(run);
    }

    private StoredJob at(String connection, String jobId) {
        return connections.on(connection).queue().orElseThrow().find(jobId).orElseThrow();
    }

    @Test
    void theClassTheJobAndTheCallerMayNameItEachWithTheDefaultQueueThere() {
        String byClass = connections.push(new Report(run));
        String byJob = connections.push(new Chosen(run, "reports"));
        String byCaller = connections
                .job(new Plain(run))
                .onConnection("reports")
                .dispatch()
                .jobId();
        String back = connections
                .on("reports")
                .job(new Report(run))
                .onConnection("orders")
                .dispatch()
                .jobId();

        assertThat(at("reports", byClass).queue()).isEqualTo("nightly");
        assertThat(at("reports", byJob).queue()).isEqualTo("nightly");
        assertThat(at("reports", byCaller).queue()).isEqualTo("nightly");
        assertThat(at("orders", back).queue()).isEqualTo("incoming");
        assertThat(connections.on("orders").size("incoming").live()).isEqualTo(1);
    }

    @Test
    void everyWayOfDispatchingHeedsIt() {
        Connection orders = connections.on("orders");
        String pushedOn = orders.pushOn("monthly", new Report(run));
        String later = orders.later(Duration.ofHours(1), new Report(run));
        List<String> bulk = orders.bulk("yearly", List.of(new Report(run), new Plain(run)));
        String async = orders.job(new Report(run)).dispatchAsync().join().jobId();
        String inside = orders.queue().orElseThrow().push(new Report(run));

        assertThat(at("reports", pushedOn).queue()).isEqualTo("monthly");
        assertThat(at("reports", later).dueAt()).isPresent();
        assertThat(at("reports", bulk.get(0)).queue()).isEqualTo("yearly");
        assertThat(at("orders", bulk.get(1)).queue()).isEqualTo("yearly");
        assertThat(at("reports", async).queue()).isEqualTo("nightly");
        assertThat(at("reports", inside).type()).isEqualTo("report");
    }

    @Test
    void aConnectionThatKeepsNothingRunsOrDropsIt() {
        connections.job(new Plain(run)).onConnection("sync").dispatch();
        connections.job(new Report(run)).onConnection("null").dispatch();

        assertThat(RUNS.get(run)).containsExactly("plain");
    }

    @Test
    void aPipeMayNameItToo() {
        try (Connections piped = Connections.of(Map.of(
                        "muster.cluster",
                        "local:" + run + "-piped",
                        "muster.connection",
                        "orders",
                        "muster.connections.orders.driver",
                        "memory",
                        "muster.connections.reports.driver",
                        "memory"))
                .each(queue -> queue.job(Plain.class)
                        .pipe(outgoing ->
                                java.util.Optional.of(outgoing.withOptions(said -> said.withConnection("reports")))))
                .open()) {
            String job = piped.push(new Plain(run));

            assertThat(piped.on("reports").queue().orElseThrow().find(job)).isPresent();
        }
    }

    @Test
    void oneThatIsUnknownIsRefusedWithThoseThatAreKnown() {
        String known = "there are \"null\", \"orders\", \"reports\", \"sync\"";

        assertThatThrownBy(() -> connections.push(new Lost(run)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Unknown queue connection \"elsewhere\" for job class " + Lost.class.getName() + "; " + known);
        assertThatThrownBy(() -> connections
                        .job(new Plain(run))
                        .onConnection("elsewhere")
                        .dispatchAsync())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(known);
        assertThatThrownBy(() -> connections
                        .on("orders")
                        .chain(new Plain(run), new Lost(run))
                        .dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(known);
        assertThatThrownBy(() -> connections.on("orders").job(new Report(run)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names connection \"reports\", this is \"orders\"; dispatch it there");
        assertThat(connections.on("orders").size("incoming").live()).isZero();
    }
}
