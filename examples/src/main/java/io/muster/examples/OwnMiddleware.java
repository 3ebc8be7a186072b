package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.job.Invocation;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.Skip;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Middleware around all jobs, around those of a queue and around one: timing, waiting for a door to open, and skipping. */
public final class OwnMiddleware {
    private static final CountDownLatch DELIVERED = new CountDownLatch(1);

    private OwnMiddleware() {}

    @JobName("parcel.deliver")
    record Deliver(String street, boolean cancelled) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(Skip.when(cancelled));
        }

        @Override
        public void handle(JobContext context) {
            System.out.println("Delivered to " + street + " at the first try: " + (context.attempt() == 1));
            DELIVERED.countDown();
        }
    }

    /** Holds jobs back while a door is closed, without using up their tries. */
    record Door(AtomicBoolean open) implements Middleware {
        @Override
        public void handle(Invocation invocation) throws Exception {
            if (open.getAndSet(true)) {
                invocation.proceed();
            } else {
                System.out.println("The door is closed, held back");
                invocation.hold(Duration.ofMillis(100));
            }
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("parcels")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(Deliver.class)
                .middleware(invocation -> {
                    System.out.println("Before " + invocation.context().type());
                    invocation.proceed();
                })
                .middlewareOn("default", new Door(new AtomicBoolean()))
                .start()) {
            queue.push(new Deliver("Main Street", false));
            DELIVERED.await(20, TimeUnit.SECONDS);
            queue.job(new Deliver("Nowhere", true)).dispatchSync();
            System.out.println("Skipped what was cancelled");
        }
    }
}
