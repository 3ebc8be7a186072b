package io.muster.benchmarks.child;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** A hundred workers, polling as often as the free version may. */
final class JobRunrWorker implements Working {
    private static final int WORKERS = 100;
    private static final Duration POLL = Duration.ofSeconds(5);

    private final HikariDataSource source;
    private final StorageProvider storage;
    private final BackgroundJobServer server;

    JobRunrWorker(ChildSettings settings) {
        Meter.INSTANCE.self(settings.text("name"));
        source = Pools.open(settings);
        storage = new PostgresStorageProvider(source);
        JacksonJsonMapper json = new JacksonJsonMapper();
        storage.setJobMapper(new JobMapper(json));
        server = new BackgroundJobServer(
                storage,
                json,
                null,
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andWorkerCount(WORKERS)
                        .andPollInterval(POLL)
                        .andName(settings.text("name")));
        server.start();
    }

    @Override
    public void pause() {
        server.pauseProcessing();
    }

    @Override
    public void resume() {
        server.resumeProcessing();
    }

    @Override
    public void close() {
        server.stop();
        storage.close();
        source.close();
    }
}
