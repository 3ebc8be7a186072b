package io.muster.benchmarks.child;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

final class DbSchedulerProducer implements Pushing {
    private final HikariDataSource source;
    private final SchedulerClient client;

    DbSchedulerProducer(ChildSettings settings) throws SQLException {
        source = Pools.open(settings);
        DbSchedulerTask.createTable(source);
        client = SchedulerClient.Builder.create(source, DbSchedulerTask.TASK)
                .serializer(new DbSchedulerTask.JsonSerializer())
                .build();
    }

    @Override
    public void push(Payload payload) {
        client.scheduleIfNotExists(instance(payload), Instant.now());
    }

    @Override
    public void bulk(List<Payload> payloads) {
        List<TaskInstance<?>> instances = new ArrayList<>(payloads.size());
        payloads.forEach(payload -> instances.add(instance(payload)));
        client.scheduleBatch(instances, Instant.now());
    }

    private static TaskInstance<Payload> instance(Payload payload) {
        return DbSchedulerTask.TASK.instance(UUID.randomUUID().toString(), payload);
    }

    @Override
    public long left() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from scheduled_tasks")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
