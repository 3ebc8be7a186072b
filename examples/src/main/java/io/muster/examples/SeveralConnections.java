package io.muster.examples;

import io.muster.queue.Connections;
import io.muster.queue.worker.PoolOptions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Three connections in one process: one that keeps jobs in the coordinator and is worked on, one in memory to which this process only
 * dispatches, and {@code sync}, which is always there. {@code QUEUE_CONNECTION} in the environment chooses the default one if the
 * settings do not.
 */
public final class SeveralConnections {
    private static final int ORDERS = 3;

    private SeveralConnections() {}

    /** Work to do. */
    record Order(int number) {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> settings = Map.of(
                "muster.namespace", "several-connections",
                "muster.cluster", args.length > 0 ? args[0] : "local:",
                "muster.connection", "orders",
                "muster.connections.orders.driver", "cluster",
                "muster.connections.orders.queue", "incoming",
                "muster.connections.scratch.driver", "memory");
        CountDownLatch handled = new CountDownLatch(ORDERS);
        try (Connections connections = Connections.of(settings, System.getenv())
                .handle("order", Order.class, (order, context) -> {
                    System.out.println("order " + order.number() + " ran on " + context.node());
                    handled.countDown();
                })
                .work("orders", PoolOptions.of("incoming", "rush").withConcurrency(2))
                .open()) {
            connections.push(new Order(1));
            connections.on("orders").pushOn("rush", new Order(2));
            connections.on("sync").push(new Order(3));
            connections.on("scratch").push(new Order(4));
            handled.await(10, TimeUnit.SECONDS);
            System.out.println("waiting in scratch: "
                    + connections.on("scratch").size("default").ready());
        }
    }
}
