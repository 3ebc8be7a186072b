package io.muster.queue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.testkit.store.FailingStore;
import io.muster.queue.testkit.store.FailingStore.Fault;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailingStoreTest {
    private final FailingStore store =
            new FailingStore(MemoryStore.open(MemoryOptions.DEFAULT, SystemTimeline.instance()));

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aLostReplyLeavesTheCallApplied() {
        store.loseReplies(1);

        assertThatThrownBy(() -> push("a")).isInstanceOf(StoreOutcomeUnknownException.class);

        assertThat(store.intake().find("a")).isPresent();
    }

    @Test
    void aLostRequestLeavesNothing() {
        store.loseRequests(1);

        assertThatThrownBy(() -> push("a")).isInstanceOf(StoreOutcomeUnknownException.class);

        assertThat(store.intake().find("a")).isEmpty();
    }

    @Test
    void anUnavailableStoreRefusesEveryCallUntilItHeals() {
        store.refuseAll();
        assertThatThrownBy(() -> push("a")).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.leader().incarnations()).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.nodes().leave("n1")).isInstanceOf(StoreUnavailableException.class);

        store.heal();

        push("a");
        assertThat(store.intake().find("a")).isPresent();
    }

    @Test
    void faultsCanBeDecidedByOperation() {
        store.decide(operation -> operation.equals("push") ? Fault.REPLY_LOST : Fault.NONE);

        assertThatThrownBy(() -> push("a")).isInstanceOf(StoreOutcomeUnknownException.class);
        assertThat(store.intake().counts()).hasSize(1);
    }

    private void push(String id) {
        store.intake().push(List.of(NewJob.of(id, "mail", "send", new byte[0])));
    }
}
