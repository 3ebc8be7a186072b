package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.JobContext;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Code that is dispatched by name, without a job class. */
public final class ByName {
    private static final CountDownLatch DONE = new CountDownLatch(3);

    private ByName() {}

    static void rebuild(Integer year) {
        System.out.println("Rebuilt " + year);
        DONE.countDown();
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("by-name")
                .cluster(args.length > 0 ? args[0] : "local:")
                .keys(EncryptionKeys.parse(
                        EncryptionKeys.generate("2026-11"))) // from muster.keys, the same on all nodes
                .closure("report.rebuild", ByName::rebuild)
                .closure("report.mail", (String to, JobContext context) -> {
                    System.out.println("Mailed to " + to + " at attempt " + context.attempt());
                    DONE.countDown();
                })
                .closure("report.burn", () -> {
                    throw new IllegalStateException("no matches");
                })
                .closure("report.saved", (Throwable cause) -> {
                    System.out.println("Not burnt: " + cause.getMessage());
                    DONE.countDown();
                })
                .start()) {
            queue.push(queue.closures().of(ByName::rebuild, 2026));
            queue.job(queue.closures().named("report.mail", "ada@example.org"))
                    .tries(3)
                    .dispatch();
            queue.push(queue.closures().named("report.burn").catching("report.saved"));
            try {
                queue.push(queue.closures().of(() -> System.out.println(args.length)));
            } catch (IllegalArgumentException e) {
                System.out.println("A lambda is refused");
            }
            DONE.await(20, TimeUnit.SECONDS);
        }
    }
}
