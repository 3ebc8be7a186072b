package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Leader;
import io.muster.queue.store.Fence;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoredJob;
import io.muster.servers.ServerKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A leader and a worker that stand still for three TTLs, each right before a write: when they go on, they write, and the store refuses
 * that, and all that they write under the same term or incarnation after it. Its own records stay as they were.
 */
abstract class PausedHolderScenarios extends OnThreeNodes {
    private static final int PAUSES = FULL ? Integer.getInteger("muster.pauses", 25) : 1;
    private static final int TTLS = 3;
    private static final int FEW = 24;

    PausedHolderScenarios(ServerKind kind, StoreKind store) {
        super(kind, store, NodeMain.STOPS);
    }

    @Test
    @Tag("C11")
    @Tag("J12")
    void whatIsWrittenUnderTermOrAttemptFromBeforeAPauseIsRefused() {
        for (int i = 0; i < PAUSES; i++) {
            pauseLeaderAndWorker();
            nodes.ensureWhole();
        }
        tell(
                "SIGSTOP of the leader and of a worker for %d TTLs before a write, %d times: of the writes after it %d refused, %d failed otherwise, %d accepted"
                        .formatted(
                                TTLS,
                                PAUSES,
                                logged(StoppingStore.REFUSED),
                                logged(StoppingStore.FAILED),
                                logged(StoppingStore.ACCEPTED)));
        assertThat(logged(StoppingStore.REFUSED) + logged(StoppingStore.FAILED))
                .as("writes after a pause")
                .isGreaterThanOrEqualTo(2L * PAUSES);
    }

    private long logged(String what) {
        return nodes.all().stream().mapToLong(node -> node.logged(what)).sum();
    }

    private void pauseLeaderAndWorker() {
        Leader former = nodes.leader();
        Fence old = nodes.fence(former);
        String leads = "term=" + former.term() + " ";
        NodeProcess leading = nodes.leadingNode();
        NodeProcess worker = nodes.workingNode();
        String incarnation = nodes.incarnationOf(worker);
        String works = "incarnation=" + incarnation + " ";
        worker.stopItself(StoppingStore.BEFORE_SETTLING);
        Batch batch = new Batch(nodes).push(FEW, SHORT);
        worker.awaitLog(says(StoppingStore.STOPS + works));
        leading.stopItself(StoppingStore.BEFORE_LEADING);
        leading.awaitLog(says(StoppingStore.STOPS + leads));
        long stopped = System.nanoTime();

        nodes.awaitLeaderOtherThan(former, stopped);
        nodes.awaitReclaimed(incarnation, stopped);
        nodes.awaitReclaimed(former.node().incarnation(), stopped);
        batch.settledOnce();
        Duration left = ttl.multipliedBy(TTLS).minusNanos(System.nanoTime() - stopped);
        pause(left.isNegative() ? Duration.ZERO : left);
        Map<String, String> before = records(batch);
        leading.thaw();
        worker.thaw();

        leading.awaitLog(says(StoppingStore.REFUSED + leads).or(says(StoppingStore.FAILED + leads)));
        worker.awaitLog(says(StoppingStore.REFUSED + works).or(says(StoppingStore.FAILED + works)));
        nodes.awaitRejoined(leading, former.node().incarnation());
        nodes.awaitRejoined(worker, incarnation);
        assertThat(logged(StoppingStore.ACCEPTED)).as("writes accepted").isZero();
        assertThat(records(batch)).isEqualTo(before);
        batch.settledOnce();
        assertThatThrownBy(() -> nodes.client().store().leader().install(old)).isInstanceOf(StaleFenceException.class);
    }

    private static Predicate<String> says(String beginning) {
        return line -> line.startsWith(beginning);
    }

    /** What the store has of these jobs. */
    private Map<String, String> records(Batch batch) {
        Map<String, String> records = new LinkedHashMap<>();
        for (String job : batch.jobs()) {
            StoredJob found = ThreeNodes.ask(() -> nodes.client().find(job).orElseThrow());
            records.put(job, found + " " + found.holder() + " " + found.settledAt());
        }
        return records;
    }
}
