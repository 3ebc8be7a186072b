package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs and the application's own rows in one transaction: effects exactly once. */
abstract class TransactionContract {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);

    private JdbcEnvironment environment;
    private JdbcStore store;
    private Connection connection;

    abstract JdbcEnvironment openEnvironment();

    @BeforeEach
    void open() throws SQLException {
        environment = openEnvironment();
        store = environment.openStore();
        connection = store.database().connect();
        run("DROP TABLE IF EXISTS effects");
        run("CREATE TABLE effects (job varchar(100) NOT NULL)");
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
        run("DROP TABLE effects");
        connection.close();
        environment.close();
    }

    @Test
    @Tag("J4")
    void aRollbackLeavesNothingOfAPush() throws SQLException {
        NewJob job = job("a").withUnique(UniqueKey.of("key"));
        assertThat(store.within(connection).push(List.of(job))).containsExactly(new PushOutcome.Pushed("a"));
        connection.rollback();

        assertThat(store.intake().find("a")).isEmpty();
        assertThat(store.intake().push(List.of(job))).containsExactly(new PushOutcome.Pushed("a"));
    }

    @Test
    @Tag("J4")
    void aPushIsSeenWithTheCommitTogetherWithTheApplicationsRows() throws SQLException {
        run("INSERT INTO effects VALUES ('order')");
        store.within(connection).push(List.of(job("a")));
        assertThat(assigned()).as("before the commit").isZero();
        connection.commit();

        assertThat(effects()).isEqualTo(1);
        assertThat(assigned()).isEqualTo(1);
    }

    @Test
    @Tag("J4")
    void anyNumberIsPushedTogether() throws SQLException {
        int many = store.capabilities().mostPushBatch() + 1;
        List<NewJob> jobs =
                IntStream.range(0, many).mapToObj(i -> job("job-" + i)).toList();
        int large = store.capabilities().mostPushBytes() / 3;
        List<NewJob> largeOnes = IntStream.range(0, 4)
                .mapToObj(i -> job("large-" + i).withPayload(new byte[large]))
                .toList();

        assertThat(store.within(connection).push(jobs)).hasSize(many).allMatch(PushOutcome.Pushed.class::isInstance);
        connection.rollback();
        assertThat(store.intake().find("job-0")).isEmpty();

        assertThat(store.within(connection).push(jobs)).hasSize(many).allMatch(PushOutcome.Pushed.class::isInstance);
        assertThat(store.within(connection).push(largeOnes)).hasSize(4).allMatch(PushOutcome.Pushed.class::isInstance);
        connection.commit();
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(many + 4);
    }

    @Test
    @Tag("J4")
    void aKnownIdOrHeldKeyIsAnsweredAndTheTransactionGoesOn() throws SQLException {
        store.intake().push(List.of(job("a"), job("b").withUnique(UniqueKey.of("key"))));

        assertThat(store.within(connection).push(List.of(job("a"), job("c").withUnique(UniqueKey.of("key")), job("d"))))
                .containsExactly(
                        new PushOutcome.SameId("a"),
                        new PushOutcome.DuplicateOf("c", "b"),
                        new PushOutcome.Pushed("d"));
        connection.commit();

        assertThat(store.intake().find("d")).isPresent();
    }

    @Test
    @Tag("K2")
    void aCompletionCommitsWithTheEffectsAndTheWorkersOwnIsAcceptedThen() throws SQLException {
        Attempt attempt = running("a");
        run("INSERT INTO effects VALUES ('a')");
        store.within(connection).complete("a", attempt.fencingToken());
        connection.commit();

        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
        assertThat(settle(attempt, new Settlement.Completed())).isEqualTo(SettleResult.ACCEPTED);
        assertThat(settle(attempt, new Settlement.Completed())).isEqualTo(SettleResult.STALE);
        assertThat(store.intake().counts().get(0).completed()).isEqualTo(1);
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    @Tag("K2")
    void aRolledBackCompletionLeavesTheJobRunning() throws SQLException {
        Attempt attempt = running("a");
        run("INSERT INTO effects VALUES ('a')");
        store.within(connection).complete("a", attempt.fencingToken());
        connection.rollback();

        assertThat(state("a")).isEqualTo(JobState.RUNNING);
        assertThat(effects()).isZero();
        assertThat(settle(attempt, new Settlement.Released(Duration.ZERO, Settlement.Why.EXCEPTION)))
                .isEqualTo(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("K2")
    void aNodeThatDiesAfterTheCommitDoesNotBringTheJobBack() throws SQLException {
        Attempt attempt = running("a");
        run("INSERT INTO effects VALUES ('a')");
        store.within(connection).complete("a", attempt.fencingToken());
        connection.commit();

        assertThat(store.leader().bury(FENCE, "n1", 100)).isEqualTo(new BuryReport(0, 0, 0, true));

        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
        assertThat(store.intake().counts().get(0).completed()).isEqualTo(1);
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    @Tag("W1")
    @Tag("W3")
    void aChainGoesOnThoughItsNodeDiesAfterTheCommit() throws SQLException {
        Attempt attempt = runningFirstOfTwo();
        store.within(connection).complete("a", attempt.fencingToken());
        connection.commit();

        store.leader().bury(FENCE, "n1", 100);

        assertSecondIsReady();
    }

    @Test
    @Tag("W1")
    @Tag("W3")
    void aChainGoesOnThoughItsHandlerFailsAfterTheCommit() throws SQLException {
        Attempt attempt = runningFirstOfTwo();
        store.within(connection).complete("a", attempt.fencingToken());
        connection.commit();

        Settlement.Failed late = new Settlement.Failed("late", "", Settlement.Why.EXCEPTION);
        Settlement settlement = new Settlement(attempt.token(), late, List.of(OutboxEntry.here(job("caught"))));
        store.nodes().exchange(new Exchange("n1", "main", List.of(settlement), 0, Optional.empty()));

        assertSecondIsReady();
        assertThat(store.intake().find("caught")).isEmpty();
    }

    @Test
    @Tag("W1")
    @Tag("K2")
    void aChainThatCannotBeReadKeepsNoNodeFromBeingBuried() throws SQLException {
        byte[] none = "{}".getBytes(StandardCharsets.UTF_8);
        JobLink unreadable = new JobLink(Optional.empty(), job("b"), Duration.ZERO);
        JobLink last = new JobLink(Optional.empty(), NewJob.of("c", "mail", "send", none), Duration.ZERO);
        Attempt attempt =
                running(JobFlow.NONE.withLinks(List.of(unreadable, last)).on(NewJob.of("a", "mail", "send", none)));
        store.within(connection).complete("a", attempt.fencingToken());
        connection.commit();

        assertThat(store.leader().bury(FENCE, "n1", 100)).isEqualTo(new BuryReport(0, 0, 0, true));

        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
        assertThat(store.intake().find("b")).isEmpty();
        assertThat(store.leader().incarnations()).isEmpty();
    }

    /** A chain in a batch. */
    private Attempt runningFirstOfTwo() {
        store.batches().create(NewBatch.of("batch", "mail").opened(), List.of());
        byte[] none = "{}".getBytes(StandardCharsets.UTF_8);
        NewJob second = NewJob.of("b", "mail", "send", none);
        return running(JobFlow.NONE
                .inBatch("batch")
                .withLinks(List.of(new JobLink(Optional.empty(), second, Duration.ZERO)))
                .on(NewJob.of("a", "mail", "send", none)));
    }

    private void assertSecondIsReady() {
        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
        assertThat(state("b")).isEqualTo(JobState.READY);
        StoredBatch batch = store.batches().find("batch").orElseThrow();
        assertThat(batch.total()).isEqualTo(2);
        assertThat(batch.succeeded()).isEqualTo(1);
        assertThat(batch.skipped()).isZero();
    }

    @Test
    @Tag("K2")
    void aHandlerThatFailsAfterTheCommitDoesNotBringTheJobBack() throws SQLException {
        Attempt attempt = running("a");
        store.within(connection).complete("a", attempt.fencingToken());
        connection.commit();

        assertThat(settle(attempt, new Settlement.Failed("late", "", Settlement.Why.EXCEPTION)))
                .isEqualTo(SettleResult.ACCEPTED);

        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("K2")
    void aStaleAttemptCannotCommitItsEffects() {
        Attempt stale = running("a");
        store.leader().bury(FENCE, "n1", 100);

        assertThatThrownBy(() -> store.within(connection).complete("a", stale.fencingToken()))
                .isInstanceOf(StaleAttemptException.class)
                .hasMessageContaining("a");
        assertThat(state("a")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("J4")
    void aConnectionWithoutATransactionIsRefused() throws SQLException {
        connection.setAutoCommit(true);
        assertThatThrownBy(() -> store.within(connection)).isInstanceOf(IllegalArgumentException.class);
        connection.setAutoCommit(false);
    }

    private Attempt running(String id) {
        return running(job(id));
    }

    private Attempt running(NewJob job) {
        store.intake().push(List.of(job));
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", environment.now()), Optional.empty());
        assertThat(assigned()).isEqualTo(1);
        return store.nodes()
                .exchange(new Exchange("n1", "main", List.of(), 1, Optional.empty()))
                .taken()
                .get(0);
    }

    private int assigned() {
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", environment.now()), Optional.empty());
        return store.leader()
                .assign(FENCE, List.of(new Grant("n1", "main", List.of("mail"), Set.of(), 10)))
                .total();
    }

    private SettleResult settle(Attempt attempt, Settlement.Outcome outcome) {
        return store.nodes()
                .exchange(new Exchange(
                        "n1", "main", List.of(Settlement.of(attempt.token(), outcome)), 0, Optional.empty()))
                .settled()
                .get(0);
    }

    private JobState state(String id) {
        return store.intake().find(id).orElseThrow().state();
    }

    private long effects() throws SQLException {
        try (Connection other = store.database().connect();
                Statement statement = other.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM effects")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
