package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import java.time.Duration;
import java.util.List;

/** An application's part that pushes jobs: {@code ShippingTest} shows how it is tested. */
public final class Shipping {
    private final Queue queue;

    public Shipping(Queue queue) {
        this.queue = queue;
    }

    /** What the queue of this application knows; the same in production and in tests. */
    public static QueueBuilder register(QueueBuilder builder) {
        return builder.job(ShipOrder.class).job(UpdateInventory.class);
    }

    /** Packs an order for the carrier. */
    @JobName("order.ship")
    @JobDefaults(queue = "shipping", tries = 3)
    public record ShipOrder(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            if (context.get(Carrier.class).isClosed()) {
                context.release(Duration.ofHours(1));
            } else if (context.get(Carrier.class).refuses(order)) {
                context.fail("the carrier refuses order " + order);
            }
        }
    }

    /** Counts what is left. */
    @JobName("inventory.update")
    public record UpdateInventory(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Updated the inventory after order " + order);
        }
    }

    /** Who brings the parcels. */
    public interface Carrier {
        boolean isClosed();

        boolean refuses(int order);
    }

    /** The customer has paid for goods that leave the house in the hour; what is left is counted once they have left. */
    public void handedOver(int order) {
        queue.chain(new ShipOrder(order), new UpdateInventory(order)).dispatch();
    }

    /** All that was ordered during the night. */
    public void morning(List<Integer> orders) {
        queue.batch("night").add(orders.stream().map(ShipOrder::new).toList()).dispatch();
    }

    /** The customer has paid. */
    public void paid(int order, boolean express) {
        queue.job(new ShipOrder(order))
                .delay(express ? Duration.ZERO : Duration.ofMinutes(10))
                .dispatch();
        queue.push(new UpdateInventory(order));
    }
}
