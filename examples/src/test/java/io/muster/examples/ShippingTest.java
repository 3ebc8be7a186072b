package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.examples.Shipping.Carrier;
import io.muster.examples.Shipping.ShipOrder;
import io.muster.examples.Shipping.UpdateInventory;
import io.muster.examples.Workflows.ImportRows;
import io.muster.queue.Queue;
import io.muster.queue.testkit.cluster.TestCluster;
import io.muster.queue.testkit.cluster.TestNode;
import io.muster.queue.testkit.fake.FakeBatch;
import io.muster.queue.testkit.fake.FakeContext;
import io.muster.queue.testkit.fake.PushedJob;
import io.muster.queue.testkit.fake.QueueFake;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How code that pushes jobs, jobs themselves, and what becomes of them in a cluster are tested without any server. */
class ShippingTest {
    @Test
    void aPaidOrderIsShipped() {
        try (QueueFake fake = QueueFake.of(ShipOrder.class, UpdateInventory.class)) {
            new Shipping(fake.queue()).paid(7, true);

            fake.assertPushedOn("shipping", ShipOrder.class);
            fake.assertPushed(ShipOrder.class, job -> job.order() == 7);
            fake.assertPushed(new UpdateInventory(7));
            fake.assertCount(2);
        }
    }

    @Test
    void onlyExpressIsShippedAtOnce() {
        try (QueueFake fake = QueueFake.of(Shipping.register(Queue.named("shop")))) {
            new Shipping(fake.queue()).paid(7, false);

            assertThat(fake.pushed(ShipOrder.class))
                    .extracting(PushedJob::delay)
                    .containsExactly(Duration.ofMinutes(10));
        }
    }

    @Test
    void theRestReallyRuns() {
        try (QueueFake fake = QueueFake.of(Shipping.register(Queue.named("shop")))) {
            fake.only(ShipOrder.class);

            new Shipping(fake.queue()).paid(7, true);

            fake.assertPushed(ShipOrder.class, 1).assertNotPushed(UpdateInventory.class);
        }
    }

    @Test
    void theInventoryIsCountedOnceAnOrderHasLeft() {
        try (QueueFake fake = QueueFake.of(ShipOrder.class, UpdateInventory.class)) {
            new Shipping(fake.queue()).handedOver(7);

            fake.assertChained(ShipOrder.class, UpdateInventory.class);
            fake.assertChained(new ShipOrder(7), new UpdateInventory(7));
            fake.assertCount(1).assertNothingBatched();
        }
    }

    @Test
    void theOrdersOfTheNightAreOneBatch() {
        try (QueueFake fake = QueueFake.of(ShipOrder.class, UpdateInventory.class)) {
            new Shipping(fake.queue()).morning(List.of(7, 8, 9));

            fake.assertBatched("night", batch -> batch.jobs().size() == 3);
            fake.assertBatchCount(1);
        }
    }

    @Test
    void theFirstPartOfAnImportAddsTheOthers() {
        FakeBatch batch = FakeBatch.named("rows.csv");

        new ImportRows(0).handle(FakeContext.create().withFakeBatch(batch));

        batch.assertAdded(new ImportRows(1), new ImportRows(2)).assertNotCancelled();
    }

    @Test
    void aFailedExpectationShowsWhatWasPushedInstead() {
        try (QueueFake fake = QueueFake.of(ShipOrder.class, UpdateInventory.class)) {
            new Shipping(fake.queue()).paid(7, false);

            assertThatThrownBy(() -> fake.assertPushed(new ShipOrder(8)))
                    .hasMessage(
                            """
                    Expected a job equal to ShipOrder[order=8] to be pushed, but it was not.
                    These 2 were pushed:
                      ShipOrder[order=7] on "shipping", delayed by PT10M
                      UpdateInventory[order=7] on "default\"""");
        }
    }

    @Test
    void whileTheCarrierIsClosedAnOrderWaits() {
        FakeContext context = FakeContext.create().supply(Carrier.class, carrier(true));

        new ShipOrder(7).handle(context);

        context.assertReleased(Duration.ofHours(1)).assertNotFailed();
    }

    @Test
    void whatTheCarrierRefusesFails() {
        FakeContext context = FakeContext.create().supply(Carrier.class, carrier(false));

        new ShipOrder(13).handle(context);

        context.assertFailedWith("the carrier refuses order 13");
    }

    @Test
    void anOrderIsShippedThoughItsNodeDies() {
        List<String> shipped = new ArrayList<>();
        try (TestCluster cluster = TestCluster.of(3, queue -> queue.handle(ShipOrder.class, (order, context) -> {
                    TestCluster.spend(Duration.ofSeconds(20));
                    shipped.add("order " + order.order());
                })
                .pool(PoolOptions.of("shipping")))) {
            String job = cluster.queue().push(new ShipOrder(7));
            cluster.advance(Duration.ofSeconds(1));
            TestNode node = cluster.node(cluster.runs(job).get(0));

            node.kill();
            cluster.settle();

            cluster.assertCompleted(job);
            assertThat(cluster.runs(job)).hasSize(2);
            assertThat(shipped).containsExactly("order 7");
        }
    }

    private static Carrier carrier(boolean closed) {
        return new Carrier() {
            @Override
            public boolean isClosed() {
                return closed;
            }

            @Override
            public boolean refuses(int order) {
                return order == 13;
            }
        };
    }
}
