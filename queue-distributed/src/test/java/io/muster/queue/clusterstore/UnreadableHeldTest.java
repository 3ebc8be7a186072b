package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A held document that this version cannot read: that job fails with its reason and is kept, all others go on. */
@Tag("J1")
class UnreadableHeldTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    private static final byte[] GARBAGE = "written by nobody we know".getBytes(StandardCharsets.UTF_8);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final Backend backend = LocalConfig.named("unreadable").open("test", timeline);
    private final ClusterStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 1_000);

    @BeforeEach
    void threeJobsAreAssignedAndTheFirstIsSpoilt() {
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        store.leader().install(FENCE);
        store.intake()
                .push(List.of(
                        NewJob.of("spoilt", "mails", "mail", new byte[] {1}).withUnique(UniqueKey.of("once")),
                        NewJob.of("second", "mails", "mail", new byte[] {2}),
                        NewJob.of("third", "mails", "mail", new byte[] {3})));
        assign(3);
        spoil("spoilt");
    }

    @Test
    void aBurialFailsItAndTakesTheOthersBack() {
        BuryReport report = store.leader().bury(FENCE, "a-1", 100);

        assertThat(report).isEqualTo(new BuryReport(2, 0, 1, true));
        assertKeptAsFailed();
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(2);
        assertThat(store.leader().incarnations()).isEmpty();
    }

    @Test
    void aLivingNodeIsNotHeldUpByIt() {
        ExchangeReply reply = exchange(List.of(), 3);
        assertThat(reply.taken()).extracting(attempt -> attempt.token().jobId()).containsExactly("second", "third");

        List<Settlement> settlements = reply.taken().stream()
                .map(Attempt::token)
                .map(token -> Settlement.of(token, new Settlement.Completed()))
                .toList();
        ExchangeReply settled = exchange(settlements, 3);

        assertThat(settled.settled()).containsOnly(SettleResult.ACCEPTED);
        assertKeptAsFailed();
        store.intake().push(List.of(NewJob.of("fourth", "mails", "mail", new byte[0])));
        assign(1);
        assertThat(exchange(List.of(), 1).taken())
                .as("its slot is free")
                .extracting(attempt -> attempt.token().jobId())
                .containsExactly("fourth");
    }

    @Test
    void theUniqueKeyItHeldIsFree() {
        store.leader().bury(FENCE, "a-1", 100);

        NewJob again = NewJob.of("again", "mails", "mail", new byte[0]).withUnique(UniqueKey.of("once"));
        assertThat(store.intake().push(List.of(again))).containsExactly(new PushOutcome.Pushed("again"));
    }

    private void assertKeptAsFailed() {
        StoredJob failed = store.intake().find("spoilt").orElseThrow();
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        assertThat(failed.reason().orElseThrow()).startsWith("Record is unreadable");
        assertThat(failed.queue()).isEqualTo("mails");
        assertThat(failed.type()).isEqualTo("mail");
        assertThat(failed.payload()).isEqualTo(GARBAGE);
    }

    private void assign(int limit) {
        store.leader().assign(FENCE, List.of(new Grant("a-1", "main", List.of("mails"), Set.of(), limit)));
        timeline.runUntilIdle();
    }

    private ExchangeReply exchange(List<Settlement> settlements, int take) {
        ExchangeReply reply = store.nodes().exchange(new Exchange("a-1", "main", settlements, take, Optional.empty()));
        timeline.runUntilIdle();
        return reply;
    }

    private void spoil(String jobId) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(5), timeline.ticker());
        Entry held = backend.list(ListRequest.first(StoreKeys.held("a-1"), 100), deadline).entries().stream()
                .filter(entry -> StoreKeys.heldName(entry.key()).jobId().equals(jobId))
                .findFirst()
                .orElseThrow();
        CommitResult result = backend.commit(
                Transaction.builder().write(Write.put(held.key(), GARBAGE)).build(), deadline);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        timeline.runUntilIdle();
    }
}
