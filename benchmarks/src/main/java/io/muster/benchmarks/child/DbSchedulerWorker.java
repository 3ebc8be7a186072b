package io.muster.benchmarks.child;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;

/** Lock-and-fetch with a hundred threads: the fastest of its documented ways, see its README on polling strategies. */
final class DbSchedulerWorker implements Working {
    private static final int THREADS = 100;
    private static final Duration POLL = Duration.ofSeconds(1);

    /** Thirty times as often as by default; otherwise it is half an hour before the jobs of a dead worker are seen. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final HikariDataSource source;
    private final Scheduler scheduler;

    DbSchedulerWorker(ChildSettings settings) throws SQLException {
        Meter.INSTANCE.self(settings.text("name"));
        source = Pools.open(settings);
        DbSchedulerTask.createTable(source);
        scheduler = Scheduler.create(source, DbSchedulerTask.TASK)
                .serializer(new DbSchedulerTask.JsonSerializer())
                .schedulerName(new SchedulerName.Fixed(settings.text("name")))
                .threads(THREADS)
                .pollingInterval(POLL)
                .heartbeatInterval(HEARTBEAT)
                .pollUsingLockAndFetch(0.5, 1.0)
                .build();
        scheduler.start();
    }

    @Override
    public void pause() {
        scheduler.pause();
    }

    @Override
    public void resume() {
        scheduler.resume();
        scheduler.triggerCheckForDueExecutions();
    }

    @Override
    public void close() {
        scheduler.stop();
        source.close();
    }
}
