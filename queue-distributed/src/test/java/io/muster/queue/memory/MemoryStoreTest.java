package io.muster.queue.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What only the memory store has; the rest is its contract test in queue-testkit. */
class MemoryStoreTest {
    private static final MemoryOptions THREE = new MemoryOptions(3);

    @Test
    @Tag("Q2")
    void handlesOfOneNameShareTheirJobsUntilTheLastIsClosed() {
        MemoryStore first = open("shared");
        MemoryStore second = open("shared");
        push(first, "a");
        first.close();
        first.close();

        assertThat(second.intake().find("a")).isPresent();
        second.close();

        try (MemoryStore later = open("shared")) {
            assertThat(later.intake().find("a")).isEmpty();
        }
    }

    @Test
    @Tag("Q2")
    void otherNamesShareNothing() {
        try (MemoryStore one = open("one");
                MemoryStore other = open("other");
                MemoryStore nameless = MemoryStore.open(THREE, SystemTimeline.instance())) {
            push(one, "a");

            assertThat(other.intake().find("a")).isEmpty();
            assertThat(nameless.intake().find("a")).isEmpty();
        }
    }

    @Test
    @Tag("Q2")
    void oneNameWithOtherOptionsIsRefused() {
        try (MemoryStore open = open("options")) {
            push(open, "a");

            assertThatThrownBy(() -> MemoryStore.open(
                            "MemoryStoreTest-options", MemoryOptions.DEFAULT, SystemTimeline.instance()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("MemoryStoreTest-options");
        }
    }

    @Test
    @Tag("Q2")
    void theBoundIsTheOneThatWasSet() {
        try (MemoryStore store = open("bound")) {
            push(store, "a");
            push(store, "b");
            push(store, "c");

            assertThatThrownBy(() -> push(store, "d"))
                    .isInstanceOf(StoreFullException.class)
                    .hasMessageContaining("3")
                    .hasMessageContaining(MemoryOptions.MAX_JOBS_SETTING);
        }
    }

    @Test
    @Tag("C9")
    void theBoundIsReadFromSettings() {
        assertThat(MemoryOptions.from(Map.of())).isEqualTo(new MemoryOptions(1000));
        assertThat(MemoryOptions.from(Map.of("QUEUE_MEMORY_MAX_JOBS", " 250 "))).isEqualTo(new MemoryOptions(250));
        assertThatThrownBy(() -> MemoryOptions.from(Map.of("QUEUE_MEMORY_MAX_JOBS", "many")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("QUEUE_MEMORY_MAX_JOBS")
                .hasMessageContaining("many");
        assertThatThrownBy(() -> MemoryOptions.from(Map.of("QUEUE_MEMORY_MAX_JOBS", "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("Q2")
    void aClosedHandleSaysSo() {
        MemoryStore store = open("closed");
        store.close();

        assertThatThrownBy(() -> push(store, "a")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    @Tag("Q3")
    void hintsRunOnTheTimelineOnceForAllThatHappenedAndNotAfterTheirEnd() {
        ManualTimeline timeline = ManualTimeline.ordered();
        List<String> hints = new ArrayList<>();
        try (MemoryStore store = MemoryStore.open(THREE, timeline)) {
            Subscription leader = store.leader().onReady(() -> hints.add("ready"));
            Subscription node = store.nodes().onAssigned("n1", () -> hints.add("assigned"));
            store.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.EPOCH), Optional.empty());
            push(store, "a");
            push(store, "b");
            assertThat(hints).isEmpty();
            timeline.runUntilIdle();
            assertThat(hints).containsExactly("ready");

            assign(store, "n1", 1);
            assign(store, "unknown", 1);
            timeline.runUntilIdle();
            assertThat(hints).containsExactly("ready", "assigned");

            leader.close();
            node.close();
            push(store, "c");
            assign(store, "n1", 2);
            timeline.runUntilIdle();
            assertThat(hints).containsExactly("ready", "assigned");
        }
    }

    @Test
    @Tag("Q3")
    void aDelayedJobThatIsDueBeforeAllOthersWakesTheLeader() {
        ManualTimeline timeline = ManualTimeline.ordered();
        List<String> hints = new ArrayList<>();
        Instant now = timeline.clock().instant();
        try (MemoryStore store = MemoryStore.open(THREE, timeline);
                Subscription leader = store.leader().onReady(() -> hints.add("ready"))) {
            store.intake().push(List.of(job("a").withDueAt(now.plusSeconds(10))));
            timeline.runUntilIdle();
            store.intake().push(List.of(job("b").withDueAt(now.plusSeconds(20))));
            timeline.runUntilIdle();
            assertThat(hints).hasSize(1);

            store.intake().push(List.of(job("c").withDueAt(now.plusSeconds(5))));
            timeline.runUntilIdle();
            assertThat(hints).hasSize(2);
            assertThat(leader).isNotNull();
        }
    }

    private static void assign(MemoryStore store, String incarnation, int limit) {
        store.leader()
                .assign(
                        new Fence("default", "coordinator", 1),
                        List.of(new Grant(incarnation, "main", List.of("mail"), Set.of(), limit)));
    }

    private static MemoryStore open(String name) {
        return MemoryStore.open("MemoryStoreTest-" + name, THREE, SystemTimeline.instance());
    }

    private static void push(MemoryStore store, String id) {
        store.intake().push(List.of(job(id)));
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[0]);
    }
}
