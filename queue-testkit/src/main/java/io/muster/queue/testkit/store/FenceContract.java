package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Retention;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StaleFenceException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may write as leader: the newest term of the accepted coordinator, and nobody else. */
public abstract class FenceContract extends StoreContract {
    private static final Fence OLDER = new Fence("default", "coordinator-a", 6);
    private static final Fence FOREIGN = new Fence("default", "coordinator-b", 900);

    @Test
    @Tag("C4")
    void aGroupsFirstFenceIsAcceptedAndRepeatingItIsToo() {
        store.leader().install(FENCE);

        assertThatCode(() -> environment.openStore().leader().install(FENCE)).doesNotThrowAnyException();
    }

    @Test
    @Tag("C4")
    void onceANewerTermIsInstalledEveryWriteOfTheOlderIsRefusedAndChangesNothing() {
        Prepared prepared = prepare();
        store.leader().install(NEWER);

        writes().forEach((name, write) -> assertThatThrownBy(() -> write.accept(FENCE))
                .as(name)
                .isInstanceOf(StaleFenceException.class)
                .hasMessageContaining("8"));

        prepared.assertUntouched();
    }

    @Test
    @Tag("C4")
    void everyWriteInstallsItsFence() {
        long term = 100;
        for (Map.Entry<String, Consumer<Fence>> write : writes().entrySet()) {
            Fence before = new Fence("default", "coordinator-a", term++);

            write.getValue().accept(new Fence("default", "coordinator-a", term));

            assertThatThrownBy(() -> store.leader().install(before))
                    .as(write.getKey())
                    .isInstanceOf(StaleFenceException.class);
        }
    }

    @Test
    @Tag("C10")
    void groupsHaveTermsOfTheirOwn() {
        store.leader().install(NEWER);

        assertThatCode(() -> store.leader().install(new Fence("other", "coordinator-a", 1)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> store.leader().install(FENCE)).isInstanceOf(StaleFenceException.class);
    }

    @Test
    @Tag("C11")
    void anotherCoordinatorWritesNothingHoweverHighItsTerm() {
        Prepared prepared = prepare();

        writes().forEach((name, write) -> assertThatThrownBy(() -> write.accept(FOREIGN))
                .as(name)
                .isInstanceOf(ForeignFenceException.class)
                .hasMessageContaining("coordinator-a")
                .as("it says what to do")
                .hasMessageContaining("./muster adopt"));

        prepared.assertUntouched();
    }

    @Test
    @Tag("C11")
    void anAdoptedCoordinatorWritesAndTheFormerIsForeign() {
        store.leader().install(FENCE);

        store.leader().adopt("default", "coordinator-b");

        store.leader().install(new Fence("default", "coordinator-b", 1));
        assertThatThrownBy(() -> store.leader().install(NEWER)).isInstanceOf(ForeignFenceException.class);
    }

    @Test
    @Tag("C11")
    void adoptingTheAcceptedCoordinatorDoesNotLetItsOlderTermsIn() {
        store.leader().install(FENCE);

        store.leader().adopt("default", "coordinator-a");

        assertThatThrownBy(() -> store.leader().install(OLDER)).isInstanceOf(StaleFenceException.class);
        store.leader().install(FENCE);
    }

    @Test
    @Tag("C11")
    void aCoordinatorThatIsAdoptedAgainGoesOnAtItsHighestTerm() {
        store.leader().install(FENCE);
        store.leader().adopt("default", "coordinator-b");
        store.leader().install(new Fence("default", "coordinator-b", 3));

        store.leader().adopt("default", "coordinator-a");

        assertThatThrownBy(() -> store.leader().install(OLDER)).isInstanceOf(StaleFenceException.class);
        store.leader().install(NEWER);
    }

    @Test
    @Tag("C11")
    void aGroupMayBeAdoptedBeforeItsFirstFence() {
        store.leader().adopt("default", "coordinator-b");

        assertThatThrownBy(() -> store.leader().install(FENCE)).isInstanceOf(ForeignFenceException.class);
        store.leader().install(FOREIGN);
    }

    @Test
    @Tag("C4")
    void ofTwoLeadersThatRaceOnlyTheNewerWritesOnceItIsInstalled() {
        IntStream.range(0, 300).forEach(i -> push("job-" + i));
        admit("old", "new");
        JobStore other = environment.openStore();
        AtomicBoolean installed = new AtomicBoolean();
        AtomicBoolean refused = new AtomicBoolean();

        List<Integer> assigned = Together.run(
                2, leader -> leader == 0 ? leadOld(store, installed, refused) : leadNew(other, installed, refused));

        assertThat(refused).isTrue();
        assertThat(held("old")).isEqualTo(assigned.get(0));
        assertThat(held("new")).isEqualTo(assigned.get(1)).isPositive();
    }

    private int leadOld(JobStore handle, AtomicBoolean installed, AtomicBoolean refused) {
        int assigned = 0;
        try {
            for (int limit = 1; ; limit++) {
                boolean tooLate = installed.get();
                assigned += handle.leader()
                        .assign(FENCE, List.of(grant("old", Math.min(limit, 100))))
                        .total();
                assertThat(tooLate).as("written after the newer fence").isFalse();
            }
        } catch (StaleFenceException newer) {
            refused.set(true);
            return assigned;
        }
    }

    private int leadNew(JobStore handle, AtomicBoolean installed, AtomicBoolean refused) {
        for (int i = 0; i < 5; i++) {
            handle.intake().counts();
        }
        handle.leader().install(NEWER);
        installed.set(true);
        int assigned = 0;
        for (int limit = 1; limit <= 20 || !refused.get(); limit++) {
            AssignReport report = handle.leader().assign(NEWER, List.of(grant("new", Math.min(limit, 100))));
            assigned += report.total();
        }
        return assigned;
    }

    private Prepared prepare() {
        push(job("ready"));
        admit("n1");
        assign("n1", 1);
        push(job("next"), job("delayed").withDueAt(environment.now().plus(Duration.ofSeconds(1))));
        push(jobOn("running", "other"));
        admit("n2");
        assign(grant("n2", 1, "other"));
        Attempt running = take("n2", 1).get(0);
        exchange("n2", 0, new Settlement(running.token(), RELEASED, List.of(OutboxEntry.to("elsewhere", job("x")))));
        environment.pass(Duration.ofMillis(1100));
        return new Prepared();
    }

    /** Every write of the leader's desk; each would change something in a prepared store. */
    private Map<String, Consumer<Fence>> writes() {
        JobStore.LeaderDesk leader = store.leader();
        Map<String, Consumer<Fence>> writes = new LinkedHashMap<>();
        writes.put("assign", fence -> leader.assign(fence, List.of(grant("n1", 5))));
        writes.put("revoke", fence -> leader.revoke(fence, "n1", POOL, 5));
        writes.put("bury", fence -> leader.bury(fence, "n1", 5));
        writes.put("tend", fence -> leader.tend(fence, Retention.DEFAULT, environment.now(), 5));
        writes.put("failUnserved", fence -> leader.failUnserved(fence, List.of(), Duration.ZERO, environment.now()));
        writes.put("outbox", fence -> leader.outbox(fence, 5));
        writes.put("relayed", fence -> leader.relayed(fence, List.of("x")));
        writes.put("install", leader::install);
        return writes;
    }

    /** What the writes would have changed. */
    private final class Prepared {
        void assertUntouched() {
            assertThat(state("ready")).isEqualTo(JobState.ASSIGNED);
            assertThat(state("next")).isEqualTo(JobState.READY);
            assertThat(state("delayed")).isEqualTo(JobState.DELAYED);
            assertThat(store.leader().incarnations())
                    .extracting(IncarnationRecord::status)
                    .containsOnly(IncarnationRecord.Status.ADMITTED);
            Fence highest = new Fence("default", "coordinator-a", 8);
            assertThat(store.leader().outbox(highest, 5)).hasSize(1);
        }
    }
}
