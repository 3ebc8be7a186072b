package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Mails, data and files, each kind with queues, limits and a pool of its own, and services that push them. */
public final class ThreeServices {
    private static final CountDownLatch DONE = new CountDownLatch(6);

    private ThreeServices() {}

    @JobName("email.send")
    @JobDefaults(queue = "emails", tries = 3, timeout = "PT5M", backoff = "PT5M")
    record SendEmail(String to, String subject, String body) implements Job {
        @Override
        public void handle(JobContext context) {
            done("Mail to " + to + ": " + subject, context);
        }
    }

    /** An export is another queue and takes longer. */
    @JobName("data.process")
    @JobDefaults(tries = 5, timeout = "PT10M")
    record ProcessUser(int id, String action) implements Job {
        @Override
        public JobOptions options() {
            return action.equals("export")
                    ? JobOptions.DEFAULT.withQueue("exports").withTries(3).withTimeout(Duration.ofMinutes(30))
                    : JobOptions.DEFAULT.withQueue("data");
        }

        @Override
        public void handle(JobContext context) {
            done("Data " + id + ": " + action, context);
        }
    }

    @JobName("file.process")
    @JobDefaults(queue = "files", tries = 3, timeout = "PT15M")
    record ProcessFile(String path, String action) implements Job {
        @Override
        public void handle(JobContext context) {
            done("File " + path + ": " + action, context);
        }
    }

    /** What the rest of the application calls. */
    record Services(Queue queue) {
        void welcome(String email, String name) {
            queue.push(new SendEmail(email, "Welcome to our platform", "Hello " + name));
        }

        void resetPassword(String email, String token) {
            queue.push(new SendEmail(email, "Password reset", "Your token is " + token));
        }

        void process(int user) {
            queue.push(new ProcessUser(user, "process"));
        }

        void export(int user) {
            queue.push(new ProcessUser(user, "export"));
        }

        void uploaded(String path) {
            queue.push(new ProcessFile(path, "process"));
            queue.job(new ProcessFile(path, "thumbnail"))
                    .onQueue("thumbnails")
                    .timeout(Duration.ofMinutes(5))
                    .dispatch();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("platform")
                .cluster(args.length > 0 ? args[0] : "local:")
                .settings(settings -> settings.toBuilder()
                        .reclaimAfter(Duration.ofHours(1))
                        .maxConcurrency(18)
                        .build())
                .job(SendEmail.class)
                .job(ProcessUser.class)
                .job(ProcessFile.class)
                .pool(PoolOptions.of("emails").withConcurrency(10).withTimeout(Duration.ofMinutes(2)))
                .pool(PoolOptions.of("data", "exports").withConcurrency(3).withTimeout(Duration.ofMinutes(30)))
                .pool(PoolOptions.of("files", "thumbnails").withConcurrency(5).withTimeout(Duration.ofMinutes(10)))
                .start()) {
            Services services = new Services(queue);
            services.welcome("ada@example.org", "Ada");
            services.resetPassword("ada@example.org", "4711");
            services.process(7);
            services.export(7);
            services.uploaded("upload.png");
            DONE.await(20, TimeUnit.SECONDS);
        }
    }

    private static void done(String what, JobContext context) {
        System.out.println(what + " [" + context.queue() + ", " + context.timeout() + "]");
        DONE.countDown();
    }
}
