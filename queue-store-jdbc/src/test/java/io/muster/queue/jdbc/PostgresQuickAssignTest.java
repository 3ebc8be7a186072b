package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the short way is gone to its end, and what it reports of lanes that it did not look at. */
@Tag("Q2")
class PostgresQuickAssignTest {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    /** More than are looked at each time. */
    private static final int MANY = 200;

    private final AtomicLong nanos = new AtomicLong();
    private final Cursors cursors = new Cursors(() -> nanos.addAndGet(1_000));
    /** No time passes for it: it is never due to look at all of them. */
    private final IdleLanes idle = new IdleLanes(() -> 0);

    private JdbcEnvironment environment;
    private JdbcStore store;
    private Lanes lanes;

    @BeforeEach
    void open() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        environment = new JdbcEnvironment(server.get().uri().toString(), "quickassign");
        store = environment.openStore();
        lanes = new Lanes(store.database());
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", environment.now()), Optional.empty());
    }

    @AfterEach
    void close() {
        if (environment != null) {
            environment.close();
        }
    }

    @Test
    void jobsThatAreNotForThisPoolAreNoReasonToGoTheLongWay() {
        Grant own = new Grant("n1", "main", List.of("mail", "held"), Set.of("send"), 2);
        makePools(own);
        store.intake().pause("held", "test");
        push("held", "a", "b");
        store.intake().push(List.of(NewJob.of("c", "mail", "another", new byte[] {1})));

        assertThat(quick(QuickAssign.Rivals.NODES, own).orElseThrow().total()).isZero();

        push("mail", "d", "e", "f");
        assertThat(quick(QuickAssign.Rivals.NODES, own).orElseThrow().total()).isEqualTo(2);
        assertThat(quick(QuickAssign.Rivals.NODES, own).orElseThrow().total())
                .as("without room")
                .isZero();
    }

    @Test
    void whereOthersAreQuickerTheLongWayIsGone() throws Exception {
        Grant own = new Grant("n1", "main", List.of("mail"), Set.of(), 2);
        makePools(own);
        push("mail", "a", "b");
        try (Connection rival = store.database().connect()) {
            rival.setAutoCommit(false);
            assertThat(store.database().within(rival).update("UPDATE {jobs} SET changed_at = changed_at"))
                    .isEqualTo(2);

            assertThat(quick(QuickAssign.Rivals.NODES, own)).isEmpty();
            rival.rollback();
        }
        assertThat(quick(QuickAssign.Rivals.NODES, own).orElseThrow().total()).isEqualTo(2);
    }

    @Test
    void poolsOnQueuesOfTheirOwnDoNotForgetWhatIsReadyForEachOther() {
        List<String> ones = queues("one-");
        List<String> others = queues("other-");
        List<NewJob> first = new ArrayList<>();
        for (String queue : concat(ones, others)) {
            first.add(NewJob.of("first-of-" + queue, queue, "send", new byte[] {1}));
        }
        store.intake().push(first);
        makePools(one(ones, MANY), other(others, MANY));
        push("one-3", "a", "b", "c", "d", "e");
        push("other-5", "f", "g", "h", "i", "j");

        for (int jobs : List.of(1, 0)) {
            AssignReport both = quick(QuickAssign.Rivals.NONE, one(ones, MANY + 1), other(others, MANY + 1))
                    .orElseThrow();
            assertThat(both.assigned()).containsExactly(jobs, jobs);
            assertThat(both.ready()).containsEntry("one-3", 4).containsEntry("other-5", 4);
        }
        for (int round = 2; round <= 4; round++) {
            AssignReport report =
                    quick(QuickAssign.Rivals.NONE, one(ones, MANY + round)).orElseThrow();
            assertThat(report.total()).isEqualTo(1);
            assertThat(report.ready()).containsEntry("one-3", 5 - round);

            report = quick(QuickAssign.Rivals.NONE, other(others, MANY + 1)).orElseThrow();
            assertThat(report.total()).as("of a pool that is full").isZero();
            assertThat(report.ready()).containsEntry("other-5", 4).containsEntry("other-6", 0);
        }
    }

    private static Grant one(List<String> queues, int limit) {
        return new Grant("n1", "one", queues, Set.of(), limit);
    }

    private static Grant other(List<String> queues, int limit) {
        return new Grant("n1", "other", queues, Set.of(), limit);
    }

    private static List<String> queues(String prefix) {
        return IntStream.range(0, MANY).mapToObj(number -> prefix + number).toList();
    }

    private static List<String> concat(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private void push(String queue, String... ids) {
        for (String id : ids) {
            store.intake().push(List.of(NewJob.of(id, queue, "send", new byte[] {1})));
        }
    }

    /** The first assignment to a pool, which makes it, is not the usual one. */
    private void makePools(Grant... grants) {
        store.leader().assign(FENCE, List.of(grants));
    }

    /** Empty if the long way is to be gone. */
    private Optional<AssignReport> quick(QuickAssign.Rivals rivals, Grant... grants) {
        QuickAssign.Memory memory = new QuickAssign.Memory(cursors, idle, 0, paused -> {});
        Optional<QuickAssign.Done> done = store.database()
                .transaction("assign jobs", session -> new QuickAssign(session, lanes, rivals, memory, 1)
                        .fill(List.of(grants), false));
        done.ifPresent(written -> written.committed().run());
        return done.map(QuickAssign.Done::report);
    }
}
