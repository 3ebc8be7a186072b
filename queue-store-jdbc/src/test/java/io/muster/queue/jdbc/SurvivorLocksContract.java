package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A crash is taken back, since the node lives, in the middle of what becomes of the job elsewhere. */
@Tag("J12")
@Tag("K2")
abstract class SurvivorLocksContract {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    private static final Settlement.Outcome RELEASED = new Settlement.Released(Duration.ZERO, Settlement.Why.EXCEPTION);

    private JdbcEnvironment environment;
    private JdbcStore store;
    private ExecutorService threads;

    abstract JdbcEnvironment openEnvironment();

    /** How many transactions of this database wait for a row that another one has. */
    abstract String countOfThoseThatWait();

    @BeforeEach
    void open() {
        environment = openEnvironment();
        store = environment.openStore();
        threads = Executors.newCachedThreadPool();
        store.intake().push(List.of(NewJob.of("job", "mail", "send", new byte[] {1})));
        admit("earlier", Optional.empty());
        admit("other", Optional.empty());
        assertThat(assign("earlier", 1)).isEqualTo(1);
        assertThat(take("earlier")).hasSize(1);
        assertThat(store.leader().bury(FENCE, "earlier", 10).crashed()).isEqualTo(1);
    }

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        environment.close();
    }

    @Test
    void aJobThatIsBeingAssignedRunsOnceAndIsNotAssignedAgainAfterItsEnd() throws Exception {
        Future<?> survivor;
        try (Connection assigning = begin()) {
            Session session = store.database().within(assigning);
            assertThat(new Assigning(session, new Lanes(store.database()), 1)
                            .fill(List.of(grant("other", 1)), false)
                            .total())
                    .isEqualTo(1);
            survivor = threads.submit(() -> admit("later", Optional.of("earlier")));
            awaitWaiting(1);
            assigning.commit();
        }
        survivor.get(30, TimeUnit.SECONDS);

        assertThat(assign("later", 1)).as("of what is assigned already").isZero();
        List<Attempt> attempts = take("other");
        assertThat(attempts).singleElement().satisfies(attempt -> assertThat(attempt.counters())
                .isEqualTo(new Counters(1, 0, 0, 0, 0, 0)));
        assertThat(settle(attempts.get(0), new Settlement.Completed())).isEqualTo(SettleResult.ACCEPTED);
        assertThat(assign("later", 1)).as("of what has ended").isZero();
        assertThat(store.intake().find("job").orElseThrow().state()).isEqualTo(JobState.COMPLETED);
        assertThat(store.intake().counts()).containsExactly(new QueueCounts("mail", 0, 0, 0, 0, 1, 0, false));
    }

    @Test
    void aJobThatIsBeingPutBackIsAssignedAgain() throws Exception {
        assertThat(assign("other", 1)).isEqualTo(1);
        Attempt attempt = take("other").get(0);
        Future<?> survivor;
        try (Connection settling = begin()) {
            Session session = store.database().within(settling);
            Lanes lanes = new Lanes(store.database());
            Set<Long> pools = Set.copyOf(
                    new Pools(session).of("other").stream().map(Pool::id).toList());
            assertThat(new Settling(session, lanes, Pool.name("other", "main"))
                            .settle("other", pools, List.of(Settlement.of(attempt.token(), RELEASED))))
                    .containsExactly(SettleResult.ACCEPTED);
            survivor = threads.submit(() -> admit("later", Optional.of("earlier")));
            awaitWaiting(1);
            settling.commit();
        }
        survivor.get(30, TimeUnit.SECONDS);

        assertThat(assign("later", 1)).isEqualTo(1);
        assertThat(take("later")).singleElement().satisfies(again -> assertThat(again.counters())
                .isEqualTo(new Counters(2, 0, 1, 0, 0, 0)));
    }

    @Test
    void aCrashThatIsTakenBackWhileTheJobIsPutBackStaysTakenBack() throws Exception {
        assertThat(assign("other", 1)).isEqualTo(1);
        Attempt attempt = take("other").get(0);
        Future<?> survivor;
        Future<SettleResult> settled;
        try (Connection before = begin()) {
            holdRow(before);
            survivor = threads.submit(() -> admit("later", Optional.of("earlier")));
            awaitWaiting(1);
            settled = threads.submit(() -> settle(attempt, RELEASED));
            awaitWaiting(2);
            before.rollback();
        }
        survivor.get(30, TimeUnit.SECONDS);

        assertThat(settled.get(30, TimeUnit.SECONDS)).isEqualTo(SettleResult.ACCEPTED);
        assertThat(store.intake().find("job").orElseThrow().counters()).isEqualTo(new Counters(1, 0, 1, 0, 0, 0));
        assertThat(assign("later", 1)).isEqualTo(1);
    }

    @Test
    void aCrashThatIsTakenBackWhileAnotherOneIsCountedStaysTakenBack() throws Exception {
        assertThat(assign("other", 1)).isEqualTo(1);
        assertThat(take("other")).hasSize(1);
        Future<?> survivor;
        Future<?> buried;
        try (Connection before = begin()) {
            holdRow(before);
            survivor = threads.submit(() -> admit("later", Optional.of("earlier")));
            awaitWaiting(1);
            buried = threads.submit(() -> store.leader().bury(FENCE, "other", 10));
            awaitWaiting(2);
            before.rollback();
        }
        survivor.get(30, TimeUnit.SECONDS);
        buried.get(30, TimeUnit.SECONDS);

        assertThat(store.intake().find("job").orElseThrow().counters().crashes())
                .isEqualTo(1);
        assertThat(assign("later", 1)).isEqualTo(1);
    }

    private Connection begin() throws SQLException {
        Connection connection = store.database().connect();
        connection.setAutoCommit(false);
        if (store.database().dialect.isQuick()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            }
        }
        return connection;
    }

    private void holdRow(Connection before) throws SQLException {
        assertThat(store.database()
                        .within(before)
                        .update("UPDATE {jobs} SET changed_at = changed_at + 1 WHERE id = ?", "job"))
                .isEqualTo(1);
    }

    private void awaitWaiting(int transactions) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> store.database().transaction("count who waits", session -> session.first(
                                        countOfThoseThatWait(), row -> row.getInt(1))
                                .orElse(0))
                        == transactions);
    }

    private void admit(String incarnation, Optional<String> survivorOf) {
        store.nodes()
                .admit(
                        IncarnationRecord.admitted(incarnation, "node-of-" + incarnation, environment.now()),
                        survivorOf);
    }

    private static Grant grant(String incarnation, int limit) {
        return new Grant(incarnation, "main", List.of("mail"), Set.of(), limit);
    }

    private int assign(String incarnation, int limit) {
        return store.leader().assign(FENCE, List.of(grant(incarnation, limit))).total();
    }

    private List<Attempt> take(String incarnation) {
        return store.nodes()
                .exchange(new Exchange(incarnation, "main", List.of(), 1, Optional.empty()))
                .taken();
    }

    private SettleResult settle(Attempt attempt, Settlement.Outcome outcome) {
        return store.nodes()
                .exchange(new Exchange(
                        attempt.token().incarnation(),
                        "main",
                        List.of(Settlement.of(attempt.token(), outcome)),
                        0,
                        Optional.empty()))
                .settled()
                .get(0);
    }
}
