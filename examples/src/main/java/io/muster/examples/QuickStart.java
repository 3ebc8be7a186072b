package io.muster.examples;

import io.muster.queue.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** From nothing to a job that ran. Give it a URI such as {@code redis://localhost:6379}, start it twice, and two nodes share the work. */
public final class QuickStart {
    private QuickStart() {}

    /** A job: any class that Jackson can write and read. */
    record Greet(String name) {}

    public static void main(String[] args) throws InterruptedException {
        CountDownLatch greeted = new CountDownLatch(1);
        try (Queue queue = Queue.named("quick-start")
                .cluster(args.length > 0 ? args[0] : "local:")
                .handle("greet", Greet.class, (greet, context) -> {
                    System.out.println("Hello " + greet.name() + ", says " + context.node());
                    greeted.countDown();
                })
                .start()) {
            queue.push(new Greet("Ada"));
            greeted.await(10, TimeUnit.SECONDS);
        }
    }
}
