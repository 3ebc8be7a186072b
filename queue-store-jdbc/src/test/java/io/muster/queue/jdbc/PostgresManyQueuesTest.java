package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool that serves more queues than the leader looks at each time: the order among them holds all the same, and none is forgotten. */
@Tag("Q2")
@Tag("Q4")
class PostgresManyQueuesTest {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    private static final int QUEUES = 150;
    /** The most wanted first. */
    private static final List<String> SERVED =
            IntStream.range(0, QUEUES).mapToObj(number -> "queue-" + number).toList();

    private static final String LAST = "queue-" + (QUEUES - 1);

    private final AtomicInteger hints = new AtomicInteger();
    private JdbcEnvironment environment;
    private JdbcStore leading;
    private JdbcStore working;

    @BeforeEach
    void open() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        environment = new JdbcEnvironment(server.get().uri().toString(), "manyqueues");
        leading = environment.openStore();
        working = environment.openStore();
        working.nodes().admit(IncarnationRecord.admitted("n1", "node", environment.now()), Optional.empty());
        for (String queue : SERVED) {
            push(queue, "first-of-" + queue);
        }
        assertThat(assign(QUEUES).total()).isEqualTo(QUEUES);
        assertThat(take(QUEUES)).hasSize(QUEUES);
        push(LAST, "a", "b", "c", "d", "e", "f");
    }

    @AfterEach
    void close() {
        if (environment != null) {
            environment.close();
        }
    }

    @Test
    void aMoreWantedQueueWinsOnceAHintOfItsJobsCame() {
        leading.leader().onReady(hints::incrementAndGet);
        assertThat(assign(QUEUES + 1).total()).isEqualTo(1);
        assertThat(assign(QUEUES + 2).total()).isEqualTo(1);
        // Who is told of one push may be told of an older one.
        for (int round = 0; round < 3; round++) {
            int before = hints.get();
            push("queue-" + round, "wanted-" + round);
            await().atMost(Duration.ofSeconds(30)).until(() -> hints.get() > before);
        }

        assertThat(assign(QUEUES + 3).total()).isEqualTo(1);
        assertThat(take(10)).containsExactly("a", "b", "wanted-0");
    }

    @Test
    void aQueueWithoutAHintIsServedWhereThereIsRoom() {
        for (int limit = 1; limit <= 3; limit++) {
            assertThat(assign(QUEUES + limit).total()).isEqualTo(1);
        }
        push("queue-70", "unheard");

        AssignReport report = assign(QUEUES + 10);

        assertThat(report.total()).isEqualTo(4);
        assertThat(report.ready().values()).containsOnly(0);
        assertThat(take(10)).hasSize(7).contains("unheard");
    }

    @Test
    void aMoreWantedQueueWithoutAHintIsNotForgottenWhileTheOthersHaveJobs() {
        List<String> taken = new ArrayList<>();
        assertThat(assign(QUEUES + 1).total()).isEqualTo(1);
        push("queue-0", "unheard");
        AtomicInteger number = new AtomicInteger();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            push(LAST, "more-" + number.incrementAndGet());
            assertThat(assign(QUEUES + 1 + number.get()).total()).isEqualTo(1);
            taken.addAll(take(10));
            return taken.contains("unheard");
        });

        assertThat(assign(10_000).total()).isEqualTo(6);
    }

    private void push(String queue, String... ids) {
        for (String id : ids) {
            working.intake().push(List.of(NewJob.of(id, queue, "send", new byte[] {1})));
        }
    }

    private AssignReport assign(int limit) {
        return leading.leader().assign(FENCE, List.of(new Grant("n1", "main", SERVED, Set.of(), limit)));
    }

    private List<String> take(int most) {
        return working.nodes().exchange(new Exchange("n1", "main", List.of(), most, Optional.empty())).taken().stream()
                .map(Attempt::token)
                .map(token -> token.jobId())
                .toList();
    }
}
