package io.muster.queue.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.worker.LiveOptions;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.Stint;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool that reserves for its next trip meanwhile holds up nobody else with that. */
@Tag("C7")
class ReservedAheadTest {
    private static final int JOBS = 20;
    private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final MemoryStore store = MemoryStore.open(MemoryOptions.DEFAULT, timeline);
    private final AheadDesk nodes = new AheadDesk();
    private final PoolOptions options = PoolOptions.of("default").withConcurrency(2);
    private final Stint stint = new Stint(options.limits(), timeline.ticker(), () -> 0);
    private final ReservingDesk desk =
            new ReservingDesk("a", withNodes(), new LiveOptions(options), stint, Set.of("mail"), timeline);
    private int held;

    @BeforeEach
    void push() {
        desk.reserve(true);
        desk.admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        IntStream.range(0, JOBS).forEach(number -> store.intake()
                .push(List.of(NewJob.of("job-" + number, "default", "mail", new byte[0]))));
    }

    @Test
    void theNextTripTakesWhatWasReservedDuringTheOneBefore() {
        assertThat(taken(4)).containsExactly("job-0", "job-1", "job-2", "job-3");
        timeline.runUntilIdle();
        assertThat(counts().assigned()).isEqualTo(4);
        int reserved = nodes.reserved.get();

        assertThat(taken(4)).containsExactly("job-4", "job-5", "job-6", "job-7");

        assertThat(nodes.reserved).as("nothing but for the next trip").hasValue(reserved);
        timeline.runUntilIdle();
        assertThat(nodes.reserved).hasValue(reserved + 1);
    }

    @Test
    void whoseJobsBeginOneByOneReservesNothingAhead() {
        assertThat(taken(2)).hasSize(2);
        timeline.runUntilIdle();

        assertThat(counts().assigned()).isZero();
        assertThat(counts().ready()).isEqualTo(JOBS - 2);
    }

    @Test
    void whoFindsLessThanItWantsReservesNothingAhead() {
        assertThat(taken(JOBS + 1)).hasSize(JOBS);
        timeline.runUntilIdle();

        assertThat(nodes.reserved).hasValue(1);
    }

    @Test
    void whatNoTripTakesIsGivenBackAfterATenthOfASecond() {
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        timeline.advance(LONGEST_WAIT.minusMillis(1));
        assertThat(counts().assigned()).isEqualTo(4);

        timeline.advance(Duration.ofMillis(1));

        assertThat(counts().assigned()).isZero();
        assertThat(counts().ready()).isEqualTo(JOBS - 4);
    }

    @Test
    void soIsTheRestOfItIfTripsTakeNothingMore() {
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        timeline.advance(LONGEST_WAIT.dividedBy(2));
        assertThat(taken(1)).as("most slots are held by long jobs").hasSize(1);
        assertThat(counts().assigned()).isEqualTo(3);
        timeline.advance(LONGEST_WAIT.minusMillis(1));
        assertThat(taken(0)).isEmpty();

        timeline.advance(Duration.ofMillis(1));

        assertThat(counts().assigned()).isZero();
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedAgainToTakeItBack() {
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        nodes.silent = true;
        timeline.advance(LONGEST_WAIT.multipliedBy(3));
        assertThat(counts().assigned()).isEqualTo(4);

        nodes.silent = false;
        timeline.advance(LONGEST_WAIT);

        assertThat(counts().assigned()).isZero();
    }

    @Test
    void whatWasGivenBackIsReservedAnewByTheNextTrip() {
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        timeline.advance(LONGEST_WAIT);
        assertThat(counts().assigned()).isZero();

        assertThat(taken(1)).as("a slot is free again").hasSize(1);
    }

    @Test
    void aTripThatReliedOnWhatIsNotThereIsMadeAgain() {
        AtomicInteger hints = new AtomicInteger();
        Subscription unused = desk.onAssigned("a-1", hints::incrementAndGet);
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        int before = hints.get();
        nodes.takesNothing = true;

        assertThat(taken(1)).isEmpty();

        timeline.runUntilIdle();
        assertThat(hints).hasValueGreaterThan(before);
        assertThat(unused).isNotNull();
    }

    @Test
    void aReservationOfUnknownOutcomeIsGivenBackIfItLands() {
        nodes.repliesLost = true;
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        assertThat(taken(0)).isEmpty();
        assertThat(counts().assigned()).isEqualTo(4);

        timeline.advance(LONGEST_WAIT);

        assertThat(counts().assigned()).isZero();
    }

    @Test
    void aStoreThatBreaksHoldsUpNoTrip() {
        nodes.broken = true;
        assertThat(taken(4)).hasSize(4);
        Instant then = timeline.clock().instant();

        assertThat(taken(4)).containsExactly("job-4", "job-5", "job-6", "job-7");

        assertThat(timeline.clock().instant()).isEqualTo(then);
    }

    @Test
    void aReservationThatFailsIsMadeByTheNextTrip() {
        nodes.silentAhead = true;
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();
        assertThat(counts().assigned()).isZero();
        nodes.silentAhead = false;

        assertThat(taken(4)).containsExactly("job-4", "job-5", "job-6", "job-7");
    }

    @Test
    void aPoolThatEndsGivesBackAtOnce() {
        Subscription subscription = desk.onAssigned("a-1", () -> {});
        assertThat(taken(4)).hasSize(4);
        timeline.runUntilIdle();

        subscription.close();
        timeline.runUntilIdle();

        assertThat(counts().assigned()).isZero();
    }

    private QueueCounts counts() {
        return store.intake().counts().get(0);
    }

    private List<String> taken(int most) {
        stint.asks(held, most);
        ExchangeReply reply = desk.exchange(new Exchange("a-1", "default", List.of(), most, Optional.empty()));
        held += reply.taken().size();
        return reply.taken().stream()
                .map(Attempt::token)
                .map(token -> token.jobId())
                .toList();
    }

    private JobStore withNodes() {
        return (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(),
                new Class<?>[] {JobStore.class},
                (proxy, method, arguments) ->
                        method.getName().equals("nodes") ? nodes : method.invoke(store, arguments));
    }

    /** The memory store's, which gains by reservations ahead. */
    private final class AheadDesk implements NodeDesk {
        private final AtomicInteger reserved = new AtomicInteger();
        private boolean silent;
        private boolean silentAhead;
        private boolean repliesLost;
        private boolean broken;
        private boolean takesNothing;

        @Override
        public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
            store.nodes().admit(incarnation, survivorOf);
        }

        @Override
        public void leave(String incarnation) {
            store.nodes().leave(incarnation);
        }

        @Override
        public ExchangeReply exchange(Exchange exchange) {
            return store.nodes().exchange(takesNothing ? taking(exchange, 0) : exchange);
        }

        private static Exchange taking(Exchange exchange, int jobs) {
            return new Exchange(
                    exchange.incarnation(), exchange.pool(), exchange.settlements(), jobs, exchange.holding());
        }

        @Override
        public AssignReport reserve(Grant own, Instant now) {
            int earlier = reserved.getAndIncrement();
            if (earlier > 0 && silentAhead) {
                throw new StoreUnavailableException("silent");
            }
            if (earlier == 1 && broken) {
                throw new IllegalStateException("broken");
            }
            AssignReport report = store.nodes().reserve(own, now);
            if (earlier == 1 && repliesLost) {
                throw new StoreOutcomeUnknownException("the reply was lost");
            }
            return report;
        }

        @Override
        public boolean reservesAhead() {
            return true;
        }

        @Override
        public int giveBack(String incarnation, String pool, int limit) {
            if (silent) {
                throw new StoreUnavailableException("silent");
            }
            return store.leader().revoke(new Fence("default", "coordinator", 1), incarnation, pool, limit);
        }

        @Override
        public Subscription onAssigned(String incarnation, Runnable hint) {
            return store.nodes().onAssigned(incarnation, hint);
        }
    }
}
