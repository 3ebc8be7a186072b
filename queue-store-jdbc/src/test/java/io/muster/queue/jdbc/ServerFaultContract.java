package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.StoredBatch;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import io.muster.servers.TestSecrets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A database server that syncs as in production, and what is done to it and to the way there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerFaultContract {
    static final String SECRET = TestSecrets.PASSWORD;
    static final int MOST_CONNECTIONS = 30;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** What a call may take: its time, the driver's for cancelling, and that of a loaded machine. */
    private static final Duration BOUND = Duration.ofSeconds(15);

    private static final Fence FENCE = new Fence("default", "coordinator", 7);

    private final AtomicInteger namespaces = new AtomicInteger();
    private LocalServer server;
    private String namespace = "";
    private JdbcStore store;

    abstract ServerKind kind();

    /** What an address says to the driver, beginning with a question mark, if it must. */
    String driverSettings() {
        return "";
    }

    /** Arguments of a server that takes {@link #MOST_CONNECTIONS}. */
    abstract String[] fewConnections();

    /** Whose writes the database refuses when it is read-only, made here if he is not there yet. */
    abstract String ordinaryUser(Statement administrator) throws SQLException;

    abstract void readOnly(Statement administrator, boolean readOnly) throws SQLException;

    /** Keeps others from the table until {@link #unlock}. */
    abstract void lock(Connection connection, String table) throws SQLException;

    abstract void unlock(Connection connection) throws SQLException;

    @BeforeAll
    void start() {
        Optional<LocalServer> started = LocalServer.tryStart(
                kind(),
                ServerOptions.forTests()
                        .withDurability(Durability.FSYNC)
                        .withSecret(SECRET)
                        .withExtraArguments(fewConnections()));
        assumeTrue(started.isPresent(), "There is no such server here");
        server = started.get();
    }

    @BeforeEach
    void openStore() {
        namespace = "fault" + namespaces.incrementAndGet();
        store = open("");
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Tag("Q4")
    void whatWasAcknowledgedSurvivesAKillOfTheServerAndTheStoreGoesOn() {
        List<NewJob> jobs =
                IntStream.range(0, 500).mapToObj(i -> job("job-" + i)).toList();
        assertThat(store.intake().push(jobs)).allMatch(PushOutcome.Pushed.class::isInstance);
        List<Attempt> running = running(5);

        server.kill();
        assertThat(catchThrowable(() -> store.intake().push(List.of(job("meanwhile")))))
                .isInstanceOfAny(StoreUnavailableException.class, StoreOutcomeUnknownException.class);
        server.restart();

        assertThat(eventually(() -> complete(running))).hasSize(5).containsOnly(SettleResult.ACCEPTED);
        assertThat(store.intake().push(jobs)).hasSize(500).allMatch(PushOutcome.SameId.class::isInstance);
        assertThatThrownBy(() -> store.leader().install(new Fence("default", "coordinator", 6)))
                .isInstanceOf(StaleFenceException.class);
    }

    @Test
    @Tag("Q4")
    void aSwallowedReplyEndsWithinItsTimeAndRepeatingPushesOnce() {
        try (TcpProxy proxy = TcpProxy.to(server);
                JdbcStore far = open(server.uriThrough(proxy).toString(), "?call-timeout=1s")) {
            far.intake().push(List.of(job("first")));
            proxy.swallowReplies();

            assertBounded(
                    () -> far.intake().push(List.of(job("a"))),
                    StoreUnavailableException.class,
                    StoreOutcomeUnknownException.class);

            proxy.cut();
            proxy.heal();
            eventually(() -> far.intake().push(List.of(job("a"))));
            assertThat(store.intake().counts().get(0).ready()).isEqualTo(2);
        }
    }

    @Test
    @Tag("W2")
    void aBatchSurvivesAKillOfTheServerAndRepeatingItsCreationChangesNothing() {
        NewBatch batch = batch();
        List<NewJob> members = List.of(member("a"), member("b"));
        assertThat(store.batches().create(batch, members)).allMatch(PushOutcome.Pushed.class::isInstance);
        List<Attempt> running = running(2);

        server.kill();
        assertThat(catchThrowable(() -> complete(running)))
                .isInstanceOfAny(StoreUnavailableException.class, StoreOutcomeUnknownException.class);
        server.restart();

        assertThat(eventually(() -> store.batches().create(batch, members)))
                .allMatch(PushOutcome.SameId.class::isInstance);
        assertThat(complete(running)).containsOnly(SettleResult.ACCEPTED);
        StoredBatch ended = store.batches().find("b").orElseThrow();
        assertThat(ended.succeeded()).isEqualTo(2);
        assertThat(ended.finished()).isTrue();
        assertThat(ended.callbacks()).containsOnlyKeys(BatchEvent.THEN);
        assertThat(store.intake().counts().get(0).ready()).as("then").isEqualTo(1);
    }

    @Test
    @Tag("W2")
    void aSettlementWhoseReplyIsLostIsCountedOnceInItsBatch() {
        store.batches().create(batch(), List.of(member("a"), member("b")));
        List<Attempt> running = running(2);
        try (TcpProxy proxy = TcpProxy.to(server);
                JdbcStore far = open(server.uriThrough(proxy).toString(), "?call-timeout=1s")) {
            far.intake().counts();
            proxy.swallowReplies();

            assertBounded(
                    () -> complete(far, running), StoreUnavailableException.class, StoreOutcomeUnknownException.class);

            proxy.cut();
            proxy.heal();
            assertThat(eventually(() -> complete(far, running))).hasSize(2);
        }
        StoredBatch ended = store.batches().find("b").orElseThrow();
        assertThat(ended.succeeded()).isEqualTo(2);
        assertThat(ended.finished()).isTrue();
        assertThat(store.intake().counts().get(0).ready()).as("then").isEqualTo(1);
    }

    @Test
    @Tag("F4")
    void aReadOnlyDatabaseIsSaidToBeAndServesAgainWhenItIsNoMore() throws SQLException {
        store.intake().push(List.of(job("kept")));
        List<Attempt> running = running(1);
        try (Connection connection = connect();
                Statement administrator = connection.createStatement();
                JdbcStore ordinary =
                        open(uri().replaceFirst("//[a-z]+:", "//" + ordinaryUser(administrator) + ":"), "")) {
            readOnly(administrator, true);

            await().atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(
                            () -> ordinary.intake().push(List.of(job("a" + System.nanoTime()))))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("read-only"));
            assertThatThrownBy(() -> complete(ordinary, running))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("read-only");
            assertThat(ordinary.intake().find("kept")).isPresent();

            readOnly(administrator, false);
            assertThat(eventually(() -> complete(ordinary, running))).containsExactly(SettleResult.ACCEPTED);
            assertThat(eventually(() -> ordinary.intake().push(List.of(job("after")))))
                    .hasSize(1);
        }
    }

    @Test
    @Tag("F4")
    void whereNoConnectionIsLeftThatIsSaidAndWhoHasOneGoesOn() throws SQLException {
        List<Connection> others = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        while (others.size() <= MOST_CONNECTIONS) {
                            others.add(connect());
                        }
                    })
                    .isInstanceOf(SQLException.class);

            assertBounded(() -> open("?call-timeout=1s").close(), StoreUnavailableException.class);
            assertThat(store.intake().push(List.of(job("a")))).containsExactly(new PushOutcome.Pushed("a"));
        } finally {
            for (Connection other : others) {
                other.close();
            }
        }
        eventually(() -> {
            open("").close();
            return true;
        });
    }

    @Test
    @Tag("F4")
    void aCallThatWaitsForALockEndsInItsTimeAndHasDoneNothing() throws SQLException {
        store.intake().push(List.of(job("before")));
        try (JdbcStore hasty = open("?call-timeout=3s");
                Connection other = connect()) {
            hasty.intake().counts();
            lock(other, store.database().tables.jobs());

            assertBounded(() -> hasty.intake().push(List.of(job("a"))), StoreUnavailableException.class);

            unlock(other);
            assertThat(eventually(() -> hasty.intake().push(List.of(job("a")))))
                    .containsExactly(new PushOutcome.Pushed("a"));
        }
    }

    @Test
    @Tag("F4")
    void whoLosesADeadlockIsRepeated() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE pair (id integer PRIMARY KEY, n integer NOT NULL)");
            statement.execute("INSERT INTO pair VALUES (1, 0), (2, 0)");
        }
        CountDownLatch bothHaveOne = new CountDownLatch(2);
        AtomicInteger runs = new AtomicInteger();

        CompletableFuture<Boolean> there =
                CompletableFuture.supplyAsync(() -> both(1, 2, bothHaveOne, runs), ServerFaultContract::onItsOwnThread);
        CompletableFuture<Boolean> back =
                CompletableFuture.supplyAsync(() -> both(2, 1, bothHaveOne, runs), ServerFaultContract::onItsOwnThread);

        assertThat(there.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(back.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(runs.get()).isGreaterThan(2);
        int sum = store.database()
                .transaction("look", session -> session.first("SELECT SUM(n) FROM pair", row -> row.getInt(1))
                        .orElseThrow());
        assertThat(sum).as("each has added one to both, once").isEqualTo(4);
    }

    /** Not in the common pool, which has a single thread on two cores. */
    private static void onItsOwnThread(Runnable task) {
        Thread thread = new Thread(task, "own");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean both(int first, int second, CountDownLatch bothHaveOne, AtomicInteger runs) {
        return store.database().transaction("add to both", session -> {
            runs.incrementAndGet();
            session.update("UPDATE pair SET n = n + 1 WHERE id = ?", first);
            bothHaveOne.countDown();
            awaited(bothHaveOne);
            session.update("UPDATE pair SET n = n + 1 WHERE id = ?", second);
            return true;
        });
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Tag("F4")
    void nobodyListensThere() {
        String nowhere = uri().replaceFirst(":\\d+/", ":1/");

        assertThatThrownBy(() -> open(nowhere, ""))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    @Tag("F4")
    void aNewerSchemaIsRefusedWithBothVersions() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(store.database().tables.in("UPDATE {schema} SET version = 99"));
        }

        assertThatThrownBy(() -> open(""))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("99")
                .hasMessageContaining(Integer.toString(Schema.VERSION));
    }

    @Test
    @Tag("F4")
    void aMissingSchemaThatMayNotBeMadeIsRefused() {
        assertThatThrownBy(() -> open("?migrate=false&table=other"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("migrate");
    }

    @Test
    @Tag("F4")
    void aWrongPasswordIsRefusedAtOnceAndNotShown() {
        String wrong = uri().replace(SECRET, "wrong-one");

        assertThatThrownBy(() -> open(wrong, ""))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("password")
                .satisfies(error ->
                        assertThat(error.toString()).doesNotContain("wrong-one").doesNotContain(SECRET));
    }

    String uri() {
        return server.uri().toString();
    }

    private JdbcStore open(String settings) {
        return open(uri(), settings);
    }

    private JdbcStore open(String uri, String settings) {
        String own = driverSettings();
        String all = own + (own.isEmpty() ? settings : settings.replace('?', '&'));
        return openAt(uri + all);
    }

    JdbcStore openAt(String uri) {
        return JdbcStoreProvider.open(ConnectionUri.parse(uri), namespace, SystemTimeline.instance());
    }

    /** As a user's tool does, without a pool. */
    Connection connect() throws SQLException {
        String user = uri().replaceFirst(".*//([a-z]+):.*", "$1");
        return DriverManager.getConnection(
                "jdbc:" + uri().replaceFirst("^mysql", "mariadb").replaceFirst("//.*@", "//") + driverSettings(),
                user,
                SECRET);
    }

    private List<Attempt> running(int jobs) {
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.now()), Optional.empty());
        store.leader().assign(FENCE, List.of(new Grant("n1", "main", List.of("mail"), Set.of(), jobs)));
        List<Attempt> taken = store.nodes()
                .exchange(new Exchange("n1", "main", List.of(), jobs, Optional.empty()))
                .taken();
        assertThat(taken).hasSize(jobs);
        return taken;
    }

    private List<SettleResult> complete(List<Attempt> attempts) {
        return complete(store, attempts);
    }

    private static List<SettleResult> complete(JdbcStore store, List<Attempt> attempts) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        return store.nodes()
                .exchange(new Exchange("n1", "main", settlements, 0, Optional.empty()))
                .settled();
    }

    private static <T> T eventually(Callable<T> call) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(call, answer -> true);
    }

    private static void assertBounded(Runnable call, Class<?>... expected) {
        long begun = System.nanoTime();
        assertThat(catchThrowable(call::run)).isInstanceOfAny(expected);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
    }

    private static NewBatch batch() {
        return NewBatch.of("b", "mail").withCallbacks(Map.of(BatchEvent.THEN, OutboxEntry.here(job("template"))));
    }

    private static NewJob member(String id) {
        return job(id).withBatch(new BatchMembership("b", 1));
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
