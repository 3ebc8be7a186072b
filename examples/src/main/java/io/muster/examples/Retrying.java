package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.worker.PoolOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How often, how long and when a job is tried again, and how a handler says so itself. */
public final class Retrying {
    private static final CountDownLatch ENDED = new CountDownLatch(6);

    private Retrying() {}

    /** Waits twice as long after each failure. */
    @JobName("data.send")
    @JobDefaults(tries = 4)
    record SendReport(String data) implements Job {
        @Override
        public Optional<Duration> backoff(int failures, Throwable cause) {
            return Optional.of(Duration.ofMillis(50L << failures));
        }

        @Override
        public void handle(JobContext context) throws IOException {
            if (context.attempt() < 3) {
                throw new IOException("connection refused");
            }
            ended("Sent " + data + " at try " + context.attempt());
        }
    }

    /** Any number of tries, but only for a while. */
    @JobName("feed.poll")
    @JobDefaults(retryFor = "PT0.3S", backoff = "PT0.1S")
    record PollFeed() implements Job {
        @Override
        public void handle(JobContext context) throws IOException {
            throw new IOException("the feed is down");
        }

        @Override
        public void failed(Throwable cause) {
            ended("Polled long enough: " + cause.getMessage());
        }
    }

    /** Comes back 25 times, but throws three times at most. */
    @JobName("door.knock")
    @JobDefaults(tries = 25, maxExceptions = 3)
    record Knock() implements Job {
        @Override
        public void handle(JobContext context) {
            if (context.attempt() == 2) {
                context.release(Duration.ofMillis(50));
                return;
            }
            throw new IllegalStateException("nobody opens at try " + context.attempt());
        }

        @Override
        public void failed(Throwable cause) {
            ended("Gave up: " + cause.getMessage());
        }
    }

    /** Some errors pass, others do not. */
    @JobName("mail.send")
    @JobDefaults(tries = 3, backoff = "PT0.05S")
    record SendMail(String to) implements Job {
        @Override
        public void handle(JobContext context) throws IOException {
            if (!to.contains("@")) {
                context.fail("\"" + to + "\" is no address");
            } else if (context.attempt() == 1) {
                throw new IOException("timeout");
            } else {
                ended("Mailed to " + to + " at try " + context.attempt());
            }
        }

        @Override
        public void failed(Throwable cause) {
            ended("Not mailed: " + cause.getMessage());
        }
    }

    /** Too slow, and not tried again for that. */
    @JobName("report.draw")
    @JobDefaults(tries = 5, timeout = "PT0.2S", onTimeout = JobOptions.OnTimeout.FAIL)
    record DrawReport() implements Job {
        @Override
        public void handle(JobContext context) throws InterruptedException {
            TimeUnit.MINUTES.sleep(1); // ends by the interrupt
        }

        @Override
        public void failed(Throwable cause) {
            ended("Not drawn: " + cause.getMessage());
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("retrying")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(SendReport.class)
                .job(PollFeed.class)
                .job(Knock.class)
                .job(SendMail.class)
                .job(DrawReport.class)
                .pool(PoolOptions.of("default").withConcurrency(5))
                .start()) {
            queue.push(new SendReport("figures"));
            queue.push(new PollFeed());
            queue.push(new Knock());
            queue.push(new SendMail("ada@example.org"));
            queue.push(new SendMail("nobody"));
            queue.push(new DrawReport());
            ENDED.await(20, TimeUnit.SECONDS);
        }
    }

    private static void ended(String how) {
        System.out.println(how);
        ENDED.countDown();
    }
}
