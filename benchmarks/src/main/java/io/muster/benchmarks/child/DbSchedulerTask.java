package io.muster.benchmarks.child;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The task that both sides of db-scheduler know, and its table as its documentation gives it. */
final class DbSchedulerTask {
    static final OneTimeTask<Payload> TASK = Tasks.oneTime("bench", Payload.class)
            .execute((instance, context) -> {
                try {
                    Meter.INSTANCE.run(instance.getData());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });

    private static final String TABLE =
            """
            create table if not exists scheduled_tasks (
              task_name text not null,
              task_instance text not null,
              task_data bytea,
              execution_time timestamp with time zone not null,
              picked boolean not null,
              picked_by text,
              last_success timestamp with time zone,
              last_failure timestamp with time zone,
              consecutive_failures int,
              last_heartbeat timestamp with time zone,
              version bigint not null,
              priority smallint,
              primary key (task_name, task_instance));
            create index if not exists execution_time_idx on scheduled_tasks (execution_time);
            create index if not exists last_heartbeat_idx on scheduled_tasks (last_heartbeat);
            """;

    private DbSchedulerTask() {}

    static void createTable(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
    }

    /** JSON, so that its payload is as long as everybody's. */
    static final class JsonSerializer implements Serializer {
        private static final ObjectMapper JSON = new ObjectMapper();

        @Override
        public byte[] serialize(Object data) {
            try {
                return JSON.writeValueAsBytes(data);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] bytes) {
            try {
                return JSON.readValue(bytes, type);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
