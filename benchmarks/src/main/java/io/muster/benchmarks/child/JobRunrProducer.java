package io.muster.benchmarks.child;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.storage.JobStats;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

final class JobRunrProducer implements Pushing {
    private final HikariDataSource source;
    private final StorageProvider storage;
    private final JobRequestScheduler scheduler;

    JobRunrProducer(ChildSettings settings) {
        source = Pools.open(settings);
        storage = new PostgresStorageProvider(source);
        storage.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        scheduler = new JobRequestScheduler(storage);
    }

    @Override
    public void push(Payload payload) {
        scheduler.enqueue(JobRunrLetter.of(payload));
    }

    @Override
    public void bulk(List<Payload> payloads) {
        scheduler.enqueue(payloads.stream().map(JobRunrLetter::of));
    }

    @Override
    public long left() {
        JobStats stats = storage.getJobStats();
        return stats.getEnqueued() + stats.getProcessing() + stats.getScheduled() + stats.getFailed();
    }

    @Override
    public void close() {
        storage.close();
        source.close();
    }
}
