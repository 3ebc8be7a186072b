package io.muster.queue.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.worker.LiveOptions;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.Stint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C7")
class ReservingDeskTest {
    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final MemoryStore store = MemoryStore.open(MemoryOptions.DEFAULT, timeline);
    private final PoolOptions options = PoolOptions.of("default").withConcurrency(2);
    private final Stint stint = new Stint(options.limits(), timeline.ticker(), () -> 0);
    private final ReservingDesk desk =
            new ReservingDesk("a", store, new LiveOptions(options), stint, Set.of("mail"), timeline);
    private int held;

    @BeforeEach
    void admit() {
        desk.reserve(true);
        desk.admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
    }

    @Test
    void withoutALeaderANodeTakesWhatItHasRoomFor() {
        push("one", "mail");
        push("two", "mail");
        push("three", "mail");

        assertThat(taken(2, Optional.empty())).containsExactly("one", "two");
    }

    @Test
    void itReservesOnlyTypesThatItHandles() {
        push("foreign", "report");
        push("own", "mail");

        assertThat(taken(2, Optional.empty())).containsExactly("own");
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(1);
    }

    @Test
    void whoWantsNothingReservesNothing() {
        push("one", "mail");

        assertThat(taken(0, Optional.empty())).isEmpty();
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(1);
    }

    @Test
    void whatALostReplyDeliveredIsDeliveredAgainBeforeMoreIsReserved() {
        push("one", "mail");
        push("two", "mail");
        assertThat(taken(1, Optional.empty())).containsExactly("one");
        long readyBefore = store.intake().counts().get(0).ready();

        assertThat(taken(1, Optional.of(Set.of()))).containsExactly("one");
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(readyBefore);
    }

    @Test
    void afterAnExchangeThatReservesNothingItAsksAgain() {
        AtomicInteger hints = new AtomicInteger();
        desk.onAssigned("a-1", hints::incrementAndGet);

        taken(1, Optional.empty());
        assertThat(hints).hasValue(0);
        taken(1, Optional.of(Set.of()));

        assertThat(hints).hasValue(1);
    }

    @Test
    void whatItHoldsAlreadyDoesNotKeepItFromTakingMore() {
        IntStream.range(0, 10).forEach(number -> push("job-" + number, "mail"));

        assertThat(taken(6, Optional.empty())).hasSize(6);
        assertThat(taken(1, Optional.empty())).containsExactly("job-6");
    }

    @Test
    void dueJobsArePromotedByWhoReserves() {
        store.intake()
                .push(List.of(NewJob.of("late", "default", "mail", new byte[0])
                        .withDueAt(timeline.clock().instant().plusSeconds(1))));
        assertThat(taken(1, Optional.empty())).isEmpty();

        timeline.advance(Duration.ofSeconds(1));

        assertThat(taken(1, Optional.empty())).containsExactly("late");
    }

    @Test
    void aPushWakesTheNodeUntilItStopsListening() {
        AtomicInteger hints = new AtomicInteger();
        Subscription subscription = desk.onAssigned("a-1", hints::incrementAndGet);

        push("one", "mail");
        timeline.runUntilIdle();
        assertThat(hints).hasPositiveValue();

        subscription.close();
        taken(5, Optional.empty());
        timeline.runUntilIdle();
        int before = hints.get();
        push("two", "mail");
        timeline.runUntilIdle();
        assertThat(hints).hasValue(before);
    }

    private void push(String id, String type) {
        store.intake().push(List.of(NewJob.of(id, "default", type, new byte[0])));
    }

    private List<String> taken(int most, Optional<Set<String>> holding) {
        stint.asks(held, most);
        ExchangeReply reply = desk.exchange(new Exchange("a-1", "default", List.of(), most, holding));
        held = holding.isEmpty() ? held + reply.taken().size() : held;
        return reply.taken().stream()
                .map(Attempt::token)
                .map(token -> token.jobId())
                .toList();
    }
}
