package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.queue.node.Maintenance;
import io.muster.queue.store.StoreOutcomeUnknownException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an order says of itself where it cannot be given. */
class OperationsTest {
    private static final List<Consumer<Operations>> ALL = List.of(
            Operations::restart,
            operations -> operations.down("why"),
            operations -> operations.down("me", "why"),
            Operations::up,
            Operations::maintenance,
            operations -> operations.adopt("default"));

    private final ManualCluster cluster = new ManualCluster(1);
    private final Queue client = cluster.client();

    private Optional<String> reason() {
        return client.operations().maintenance().map(Maintenance::reason);
    }

    @Test
    @Tag("K4")
    @Tag("K6")
    @Tag("C11")
    void withoutTheCoordinatorNothingIsOrdered() {
        cluster.faults("client").cut();

        assertThat(ALL).allSatisfy(order -> assertThatThrownBy(() -> order.accept(client.operations()))
                .isInstanceOf(ClusterUnavailableException.class));

        cluster.faults("client").heal();
        assertThat(reason()).isEmpty();
    }

    @Test
    @Tag("K6")
    void anOrderWhoseAnswerIsLostMayHoldAndIsGivenAgainSafely() {
        cluster.faults("client").next(Operation.COMMIT, Fault.REPLY_LOST);
        assertThatThrownBy(() -> client.operations().down("migration")).isInstanceOf(OutcomeUnknownException.class);
        assertThat(reason()).contains("migration");

        client.operations().down("migration");

        assertThat(reason()).contains("migration");
        client.operations().up();
        client.operations().up();
        assertThat(reason()).isEmpty();
    }

    @Test
    @Tag("C11")
    void anAdoptionWhoseAnswerIsLostIsRepeatedSafely() {
        cluster.faults("client").next(Operation.COMMIT, Fault.REPLY_LOST);
        assertThatThrownBy(() -> client.operations().adopt("default")).isInstanceOf(StoreOutcomeUnknownException.class);

        String identity = client.operations().adopt("default");

        assertThat(client.operations().adopt("default")).isEqualTo(identity);
    }

    /** Another's comes between what an order reads and what it writes. */
    @Test
    @Tag("K6")
    void ofTwoOrdersAtOnceTheLaterHolds() {
        Queue late = cluster.client();
        List<String> between = new ArrayList<>(List.of("first"));
        cluster.faults("client").plan(operation -> {
            if (operation == Operation.COMMIT && !between.isEmpty()) {
                client.operations().down("them", between.remove(0));
            }
            return Fault.NONE;
        });

        late.operations().down("me", "second");

        assertThat(between).isEmpty();
        assertThat(reason()).contains("second");
    }

    @Test
    @Tag("K6")
    void aReasonThatTheCoordinatorCannotKeepIsRefused() {
        client.operations().down("short");

        assertThatThrownBy(() -> client.operations().down("x".repeat(1 << 20)))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(reason()).contains("short");
    }

    @Test
    @Tag("K4")
    @Tag("K6")
    @Tag("C11")
    void afterItsEndAQueueGivesNoOrders() {
        Operations operations = client.operations();
        client.close();

        assertThat(ALL).allSatisfy(order -> assertThatThrownBy(() -> order.accept(operations))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed"));
    }
}
