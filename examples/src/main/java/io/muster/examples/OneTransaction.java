package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.jdbc.JdbcStore;
import io.muster.queue.jdbc.JdbcTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Orders and jobs in one database: an order and its job are there together or not at all, and the bill is written exactly once, for it
 * commits with the job's completion. Give it the file of an H2 database, or nothing.
 */
public final class OneTransaction {
    private OneTransaction() {}

    /** Write the bill of an order. */
    record WriteBill(int order) {}

    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        Path file = args.length > 0
                ? Path.of(args[0])
                : Files.createTempDirectory("muster").resolve("shop");
        String url = "jdbc:h2:file:" + file.toAbsolutePath() + ";AUTO_SERVER=TRUE";
        CompletableFuture<JdbcStore> opened = new CompletableFuture<>();
        CountDownLatch billed = new CountDownLatch(1);
        try (Connection connection = DriverManager.getConnection(url);
                Queue queue = Queue.named("shop")
                        .cluster("local:")
                        .store("h2:" + file.toAbsolutePath())
                        .handle("write-bill", WriteBill.class, (job, context) -> {
                            bill(url, opened.join(), job, context.jobId(), context.fencingToken());
                            billed.countDown();
                        })
                        .start()) {
            JdbcStore store = (JdbcStore) queue.store();
            opened.complete(store);
            run(connection, "CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY)");
            run(connection, "CREATE TABLE IF NOT EXISTS bills (order_id int)");
            connection.setAutoCommit(false);

            order(connection, store, queue, 1);
            connection.rollback();
            order(connection, store, queue, 2).committed();

            billed.await(10, TimeUnit.SECONDS);
            connection.rollback();
            System.out.println("Orders " + count(connection, "orders") + ", bills " + count(connection, "bills"));
        }
    }

    /** The order and the job that writes its bill; the second order is kept. */
    private static JdbcTransaction order(Connection connection, JdbcStore store, Queue queue, int id)
            throws SQLException {
        run(connection, "INSERT INTO orders VALUES (" + id + ")");
        JdbcTransaction transaction = store.within(connection);
        transaction.push(List.of(queue.job(new WriteBill(id)).build()));
        if (id == 2) {
            connection.commit();
        }
        return transaction;
    }

    /** The bill and the job's completion: if another attempt has begun, this throws and neither is kept. */
    private static void bill(String url, JdbcStore store, WriteBill job, String jobId, long fencingToken)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO bills VALUES (" + job.order() + ")");
            store.within(connection).complete(jobId, fencingToken);
            connection.commit();
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
