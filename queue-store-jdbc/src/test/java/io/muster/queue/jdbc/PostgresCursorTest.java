package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The leader reads on from where it ended, and misses nothing that stands before that. */
class PostgresCursorTest {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);

    private JdbcEnvironment environment;
    private JdbcStore leading;
    private JdbcStore working;

    @BeforeEach
    void open() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        environment = new JdbcEnvironment(server.get().uri().toString(), "cursor");
        leading = environment.openStore();
        working = environment.openStore();
        working.nodes().admit(IncarnationRecord.admitted("n1", "node", environment.now()), Optional.empty());
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    @Tag("Q2")
    void jobsThatAnotherProcessGivesBackAreAssignedBeforeLaterOnes() {
        push("a", "b", "c", "d", "e", "f");
        assertThat(assign(2)).isEqualTo(2);
        List<Attempt> taken = exchange(List.of(), 2);
        assertThat(assign(4)).isEqualTo(2);
        exchange(taken.stream().map(PostgresCursorTest::returned).toList(), 0);

        assertThat(assign(4)).isEqualTo(2);

        assertThat(ids(exchange(List.of(), 10))).containsExactly("c", "d", "a", "b");
    }

    @Test
    @Tag("Q2")
    void aPushThatIsCommittedAfterLaterOnesWereAssignedIsNotForgotten() throws SQLException {
        push("first");
        try (Connection slow = working.database().connect()) {
            slow.setAutoCommit(false);
            mayStandStill(slow);
            working.within(slow).push(List.of(job("late")));
            push("a", "b", "c");
            assertThat(assign(3)).isEqualTo(3);
            assertThat(assign(4)).isEqualTo(1);
            slow.commit();
        }

        assertThat(assign(10)).isEqualTo(1);

        assertThat(ids(exchange(List.of(), 10))).containsExactly("first", "a", "b", "c", "late");
    }

    @Test
    @Tag("Q2")
    void aBacklogIsAssignedInItsOrderAndCountedWhileAnOldTransactionIsOpen() throws SQLException {
        int jobs = 3000;
        for (int from = 0; from < jobs; from += 1000) {
            working.intake()
                    .push(IntStream.range(from, from + 1000)
                            .mapToObj(i -> job("job-" + i))
                            .toList());
        }
        try (Connection old = working.database().connect()) {
            old.setAutoCommit(false);
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            mayStandStill(old);
            working.database().within(old).update("UPDATE {returns} SET number = number + 0");
            for (int done = 0; done < jobs; done += 300) {
                assertThat(assign(300)).isEqualTo(300);
                List<Attempt> taken = exchange(List.of(), 300);
                assertThat(ids(taken)).first().isEqualTo("job-" + done);
                assertThat(ids(taken)).last().isEqualTo("job-" + (done + 299));
                assertThat(exchange(
                                taken.stream()
                                        .map(PostgresCursorTest::completed)
                                        .toList(),
                                0))
                        .isEmpty();
            }
            old.rollback();
        }
        assertThat(leading.leader().assign(FENCE, List.of(grant(10))).ready()).containsEntry("mail", 0);
        assertThat(leading.intake().counts().get(0).completed()).isEqualTo(jobs);
    }

    /** Otherwise the server ends it after three seconds, which pass here on a busy machine. */
    private static void mayStandStill(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
        }
    }

    private void push(String... ids) {
        for (String id : ids) {
            leading.intake().push(List.of(job(id)));
        }
    }

    private int assign(int limit) {
        return leading.leader().assign(FENCE, List.of(grant(limit))).total();
    }

    private static Grant grant(int limit) {
        return new Grant("n1", "main", List.of("mail"), Set.of(), limit);
    }

    private List<Attempt> exchange(List<Settlement> settlements, int take) {
        return working.nodes()
                .exchange(new Exchange("n1", "main", settlements, take, Optional.empty()))
                .taken();
    }

    private static Settlement returned(Attempt attempt) {
        return Settlement.of(attempt.token(), new Settlement.Returned());
    }

    private static Settlement completed(Attempt attempt) {
        return Settlement.of(attempt.token(), new Settlement.Completed());
    }

    private static List<String> ids(List<Attempt> attempts) {
        return attempts.stream().map(attempt -> attempt.token().jobId()).toList();
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
