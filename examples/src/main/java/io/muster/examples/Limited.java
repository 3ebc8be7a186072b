package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.store.JobState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits that hold in the whole cluster: so many jobs in a time, and none while a service is down. */
public final class Limited {
    private static final CountDownLatch BACKED_UP = new CountDownLatch(2);
    private static final CountDownLatch CALLED = new CountDownLatch(1);
    private static final AtomicInteger CALLS = new AtomicInteger();

    private Limited() {}

    @JobName("user.backup")
    record Backup(String user, boolean vip) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(RateLimited.by("backups"));
        }

        @Override
        public void handle(JobContext context) {
            System.out.println("Backed up " + user);
            BACKED_UP.countDown();
        }
    }

    @JobName("service.call")
    @JobDefaults(tries = 10)
    record CallService() implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(ThrottlesExceptions.after(2, Duration.ofMillis(500)).by("service"));
        }

        @Override
        public void handle(JobContext context) {
            if (CALLS.incrementAndGet() <= 2) {
                throw new IllegalStateException("down");
            }
            System.out.println("The service answered at try " + context.attempt());
            CALLED.countDown();
        }
    }

    private static Limit backups(Object job) {
        Backup backup = (Backup) job;
        return backup.vip() ? Limit.none() : Limit.perHour(1).by(backup.user());
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("limited")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(Backup.class)
                .job(CallService.class)
                .limiter("backups", Limited::backups)
                .start()) {
            queue.push(new Backup("ada", false));
            queue.push(new Backup("grace", true));
            BACKED_UP.await(20, TimeUnit.SECONDS);
            String second = queue.push(new Backup("ada", false));
            while (queue.find(second).orElseThrow().state() != JobState.DELAYED) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            System.out.println("Ada's second backup waits for its hour, at no cost of tries: "
                    + (queue.find(second).orElseThrow().counters().starts() == 0));

            queue.push(new CallService());
            CALLED.await(20, TimeUnit.SECONDS);
        }
    }
}
