package io.muster.benchmarks.child;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * What PostgreSQL does at best for jobs that survive the death of a worker: claim by update and acknowledge by delete, a hundred per
 * statement, on four connections. Verbs: {@code bulk}, {@code drain}, {@code one}, {@code callers}, {@code latency}, each with MILLIS;
 * {@code foreign}, with 1 or 0: whether a transaction that has nothing to do with jobs is open.
 */
final class PostgresCeiling implements Actor {
    private static final int DRAINERS = 4;
    private static final int CALLERS = 10;
    private static final int INSERT_BATCH = 1000;
    private static final String INSERT =
            "insert into ceiling (queue, state, run_at, payload) values ('default', 0, now(), ?)";

    private static final String TABLE =
            """
            drop table if exists ceiling;
            create table ceiling (
              id bigserial primary key, queue text not null, state smallint not null, run_at timestamptz not null,
              owner text, payload text not null);
            create index ceiling_ready on ceiling (queue, run_at, id) where state = 0;
            """;
    private static final String CLAIM =
            """
            update ceiling set state = 1, owner = 'me' where id = any(array(
              select id from ceiling where queue = 'default' and state = 0 and run_at <= now()
              order by run_at, id limit 100 for update skip locked))
            returning id, payload
            """;
    private static final String ACKNOWLEDGE = "delete from ceiling where id = any(?)";

    private final HikariDataSource source;
    private final String payload =
            "{\"t\":0,\"hold\":\"\",\"text\":\"" + Payload.plain().text() + "\"}";
    private final List<Connection> connections = new ArrayList<>();

    PostgresCeiling(ChildSettings settings) throws SQLException {
        source = Pools.open(settings);
        for (int i = 0; i < CALLERS; i++) {
            connections.add(source.getConnection());
        }
        execute(TABLE);
    }

    @Override
    public Map<String, Object> perform(String verb, List<String> words) throws Exception {
        int millis = Integer.parseInt(words.get(0));
        if (verb.equals("foreign")) {
            foreign(millis > 0);
            return Map.of();
        }
        Map<String, Object> answer =
                switch (verb) {
                    case "bulk" -> Ceiling.loop(1, millis, this::batchedInsert);
                    case "drain" -> {
                        Ceiling.loop(1, millis, this::batchedInsert);
                        yield Ceiling.loop(DRAINERS, 0, this::claimAndAcknowledge);
                    }
                    case "one" -> Ceiling.loop(1, millis, this::singleInsert);
                    case "callers" -> Ceiling.loop(CALLERS, millis, this::singleInsert);
                    case "latency" -> latency(millis);
                    default -> throw new IllegalArgumentException("this ceiling has no " + verb);
                };
        execute("truncate ceiling");
        return answer;
    }

    // Statements live as long as their connections, which is as long as this process.
    private Ceiling.Step batchedInsert(int thread) throws SQLException {
        Connection connection = connections.get(thread);
        PreparedStatement insert = connection.prepareStatement(INSERT);
        return () -> {
            connection.setAutoCommit(false);
            for (int i = 0; i < INSERT_BATCH; i++) {
                insert.setString(1, payload);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
            return INSERT_BATCH;
        };
    }

    private Ceiling.Step singleInsert(int thread) throws SQLException {
        PreparedStatement insert = connections.get(thread).prepareStatement(INSERT);
        return () -> {
            insert.setString(1, payload);
            return insert.executeUpdate();
        };
    }

    private Ceiling.Step claimAndAcknowledge(int thread) throws SQLException {
        Connection connection = connections.get(thread);
        PreparedStatement claim = connection.prepareStatement(CLAIM);
        PreparedStatement acknowledge = connection.prepareStatement(ACKNOWLEDGE);
        return () -> {
            List<Long> ids = new ArrayList<>(Ceiling.BATCH);
            try (ResultSet claimed = claim.executeQuery()) {
                while (claimed.next()) {
                    ids.add(claimed.getLong(1));
                    claimed.getString(2);
                }
            }
            if (ids.isEmpty()) {
                return 0;
            }
            Array array = connection.createArrayOf("bigint", ids.toArray());
            acknowledge.setArray(1, array);
            return acknowledge.executeUpdate();
        };
    }

    /** Insert and NOTIFY to LISTEN and delete, 200 a second. */
    private Map<String, Object> latency(int millis) throws Exception {
        Histogram histogram = new ConcurrentHistogram(3);
        int total = 200 * millis / 1000;
        Connection writing = connections.get(0);
        Connection listening = connections.get(1);
        ExecutorService taker = Executors.newSingleThreadExecutor();
        try (Statement listen = listening.createStatement()) {
            listen.execute("listen ceiling");
            Future<?> taking = taker.submit(() -> take(listening, total, histogram));
            PreparedStatement insert = writing.prepareStatement(INSERT);
            PreparedStatement notify = writing.prepareStatement("select pg_notify('ceiling', '')");
            long began = System.nanoTime();
            for (int i = 0; i < total; i++) {
                long due = began + i * TimeUnit.MILLISECONDS.toNanos(5);
                Producer.awaitNanos(due);
                writing.setAutoCommit(false);
                insert.setString(1, Long.toString(due));
                insert.executeUpdate();
                notify.executeQuery().close();
                writing.commit();
                writing.setAutoCommit(true);
            }
            taking.get();
            listen.execute("unlisten ceiling");
        } finally {
            taker.shutdownNow();
        }
        return Ceiling.latencies(histogram);
    }

    private static Void take(Connection listening, int total, Histogram histogram) throws SQLException {
        PGConnection notified = listening.unwrap(PGConnection.class);
        try (PreparedStatement delete = listening.prepareStatement(
                "delete from ceiling where id = any(array(select id from ceiling order by run_at, id limit 100"
                        + " for update skip locked)) returning payload")) {
            for (int taken = 0; taken < total; ) {
                PGNotification[] news = notified.getNotifications(10_000);
                if (news == null || news.length == 0) {
                    throw new SQLException("no notification within ten seconds");
                }
                try (ResultSet rows = delete.executeQuery()) {
                    for (; rows.next(); taken++) {
                        histogram.recordValue(System.nanoTime() - Long.parseLong(rows.getString(1)));
                    }
                }
            }
        }
        return null;
    }

    /** As somebody's report or forgotten session: it has written, so it has an id, and keeps its snapshot. */
    private void foreign(boolean open) throws SQLException {
        Connection connection = connections.get(CALLERS - 1);
        if (open) {
            execute("create table if not exists foreign_table (id int)");
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert into foreign_table values (1)");
            }
        } else {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connections.get(0).createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
