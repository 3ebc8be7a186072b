package io.muster.queue.jdbc;

import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/**
 * Keeps jobs in PostgreSQL, MySQL, MariaDB or H2. Thread-safe.
 *
 * <p>What an acknowledged push survives is what a committed transaction survives: by default the loss of power. With
 * {@code synchronous_commit = off}, {@code innodb_flush_log_at_trx_commit} other than 1, or a failover to an asynchronous
 * replica, the last moments before it may be lost. H2 keeps it over a kill of the process if {@code WRITE_DELAY} is 0, which
 * addresses beginning with {@code h2:} set and a DataSource has to.
 */
public final class JdbcStore implements JobStore {
    private static final int MOST_PAYLOAD_BYTES = 4 << 20;
    private static final int MOST_PUSH_BATCH = 1000;
    /** A statement of MariaDB takes 16 MiB, in which a byte may take two. */
    private static final int MOST_PUSH_BYTES = 6 << 20;

    private static final Duration REMEMBERS_IDS_FOR = Duration.ofDays(3650);

    private final Database database;
    private final Wakes wakes;
    private final StoreCapabilities capabilities;
    private final Lanes lanes;
    private final JdbcIntake intake;
    private final LeaderDesk leader;
    private final NodeDesk nodes;
    private final ScheduleDesk schedules;
    private final LimitDesk limits;
    private final BatchDesk batches;
    private final AutoCloseable connections;
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    private JdbcStore(Database database, AutoCloseable connections) {
        this.database = database;
        this.connections = connections;
        this.wakes = new Wakes(database.timeline.loop("jdbc-store-hints"), database.timeline.ticker(), this::listen);
        if (database.dialect.notifies()) {
            Notifying notifying = new Notifying(database);
            wakes.tell(notifying);
            opened.add(notifying);
        }
        this.capabilities = new StoreCapabilities(
                database.dialect.name(),
                MOST_PAYLOAD_BYTES,
                MOST_PUSH_BATCH,
                MOST_PUSH_BYTES,
                REMEMBERS_IDS_FOR,
                true,
                database.dialect.durability());
        this.lanes = new Lanes(database);
        this.intake = new JdbcIntake(database, lanes, wakes, capabilities);
        this.leader = new JdbcLeaderDesk(database, lanes, wakes);
        this.nodes = new JdbcNodeDesk(database, lanes, wakes);
        this.schedules = new JdbcScheduleDesk(database, lanes, wakes, intake, capabilities);
        this.limits = new JdbcLimitDesk(database);
        this.batches = new JdbcBatchDesk(database, lanes, wakes, intake);
    }

    /**
     * A store on the application's own DataSource, which it does not close. It needs a connection per call under way, and on PostgreSQL one
     * more all the time where somebody waits for jobs. Whatever isolation and autocommit its connections have, transactions of the
     * store read what is committed; where that is not their default, as on MySQL and MariaDB, changing it there and back costs two round trips
     * per call: better let them have it. Limits of time on the network are for the DataSource to set, about twice the call timeout.
     * So is one on transactions that stand idle ({@code idle_in_transaction_session_timeout} on PostgreSQL, {@code idle_transaction_timeout}
     * on MariaDB; three seconds): without it a process that is paused inside a transaction holds up all others until it goes on.
     *
     * @throws io.muster.cluster.ClusterConfigurationException the database is none we know, or its schema has another version
     * @throws io.muster.queue.store.StoreUnavailableException it does not answer
     */
    public static JdbcStore on(DataSource source, String namespace, JdbcOptions options, Timeline timeline) {
        return open(
                Dialects.suitable(source),
                () -> {},
                Dialects.of(source),
                namespace,
                options,
                Optional.empty(),
                timeline,
                "the given DataSource");
    }

    /** {@code limit}: after which the server gives up a statement on connections of this source by itself. */
    static JdbcStore open(
            DataSource source,
            AutoCloseable connections,
            Dialect dialect,
            String namespace,
            JdbcOptions options,
            Optional<Duration> limit,
            Timeline timeline,
            String shown) {
        Database database = new Database(
                source, dialect, Tables.of(namespace, options.table()), timeline, options.callTimeout(), limit, shown);
        new Schema(database).require(options.migrate());
        return new JdbcStore(database, connections);
    }

    @Override
    public StoreCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public Intake intake() {
        return intake;
    }

    @Override
    public LeaderDesk leader() {
        return leader;
    }

    @Override
    public NodeDesk nodes() {
        return nodes;
    }

    @Override
    public LimitDesk limits() {
        return limits;
    }

    @Override
    public ScheduleDesk schedules() {
        return schedules;
    }

    @Override
    public BatchDesk batches() {
        return batches;
    }

    /**
     * The store within the caller's open transaction. {@code connection} is one to the store's database, its user may write the store's
     * tables, and it does not commit by itself.
     *
     * @throws IllegalArgumentException the connection commits each statement by itself
     */
    public JdbcTransaction within(Connection connection) {
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalArgumentException(
                        "This connection commits each statement by itself; call setAutoCommit(false) first");
            }
        } catch (SQLException e) {
            throw new StoreUnavailableException("The given connection fails: " + e.getMessage(), e);
        }
        return new JdbcTransaction(database, intake, lanes, wakes, connection);
    }

    @Override
    public void close() {
        database.close();
        wakes.close();
        try {
            for (AutoCloseable one : opened) {
                one.close();
            }
            connections.close();
        } catch (Exception e) {
            throw new IllegalStateException("Could not close the connections to " + database.shown(), e);
        }
    }

    /** For who works on the same database: transactions of their own, or within a caller's. */
    Database database() {
        return database;
    }

    private void listen() {
        opened.add(database.dialect.notifies() ? new Listening(database, wakes) : new Polling(database, wakes));
    }
}
