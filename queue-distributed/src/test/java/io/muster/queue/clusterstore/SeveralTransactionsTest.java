package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreOutcomeUnknownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exchange that does not fit into one transaction sends several at once. */
@Tag("Q2")
class SeveralTransactionsTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    private static final int JOBS = 200;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final CountingBackend backend =
            new CountingBackend(LocalConfig.named("several").open("test", timeline));
    private final ClusterStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 10_000);

    @BeforeEach
    void jobsThatRun() {
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        store.leader().install(FENCE);
        store.nodes().onAssigned("a-1", () -> {});
        int most = store.capabilities().mostPushBatch();
        for (int from = 0; from < JOBS; from += most) {
            store.intake()
                    .push(IntStream.range(from, Math.min(JOBS, from + most))
                            .mapToObj(i -> NewJob.of("job-" + i, "default", "noop", new byte[20]))
                            .toList());
        }
        timeline.runUntilIdle();
        store.leader().assign(FENCE, List.of(new Grant("a-1", "main", List.of("default"), Set.of("noop"), JOBS)));
        timeline.runUntilIdle();
    }

    @Test
    void jobsAreTakenInTheirOrder() {
        assertThat(take())
                .extracting(attempt -> attempt.token().jobId())
                .containsExactlyElementsOf(
                        IntStream.range(0, JOBS).mapToObj(i -> "job-" + i).toList());
    }

    @Test
    void whatIsSettledAtOnceIsCountedOnce() {
        List<Settlement> all = completed(take());
        backend.commands();

        ExchangeReply reply = settle(all);

        assertThat(backend.commands())
                .filteredOn(command -> command.startsWith("commit"))
                .hasSizeGreaterThan(1);
        assertThat(reply.settled()).hasSize(JOBS).containsOnly(SettleResult.ACCEPTED);
        assertThat(counts()).isEqualTo(new QueueCounts("default", 0, 0, 0, 0, JOBS, 0, false));
    }

    @Test
    void whatIsSettledTwiceInOneExchangeIsDecidedByTheFirst() {
        List<Settlement> all = completed(take());
        List<Settlement> twice = new ArrayList<>(all);
        twice.addAll(all);

        List<SettleResult> settled = settle(twice).settled();

        assertThat(settled.subList(0, JOBS)).containsOnly(SettleResult.ACCEPTED);
        assertThat(settled.subList(JOBS, 2 * JOBS)).containsOnly(SettleResult.STALE);
        assertThat(counts()).isEqualTo(new QueueCounts("default", 0, 0, 0, 0, JOBS, 0, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void anAnswerThatIsLostAmongThemCountsNothingTwice(int others) {
        List<Settlement> all = completed(take());
        backend.loseAnswerAfter(others);

        assertThatThrownBy(() -> settle(all)).isInstanceOf(StoreOutcomeUnknownException.class);
        settle(all);

        assertThat(counts()).isEqualTo(new QueueCounts("default", 0, 0, 0, 0, JOBS, 0, false));
    }

    private List<Attempt> take() {
        return exchange(List.of(), JOBS).taken();
    }

    private ExchangeReply settle(List<Settlement> settlements) {
        return exchange(settlements, 0);
    }

    private ExchangeReply exchange(List<Settlement> settlements, int take) {
        ExchangeReply reply = store.nodes().exchange(new Exchange("a-1", "main", settlements, take, Optional.empty()));
        timeline.runUntilIdle();
        return reply;
    }

    private static List<Settlement> completed(List<Attempt> attempts) {
        return attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
    }

    private QueueCounts counts() {
        return store.intake().counts().get(0);
    }
}
