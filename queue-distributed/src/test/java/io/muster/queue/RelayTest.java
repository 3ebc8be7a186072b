package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How what follows on jobs goes to other connections, and what happens when one of these does not take it. */
@Tag("W1")
class RelayTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final ManualTimeline timeline = ManualTimeline.ordered().withThreads();
    private final JobStore store = MemoryStore.open(new MemoryOptions(20), timeline);
    private final Map<String, Function<List<NewJob>, List<PushOutcome>>> ways = new HashMap<>();
    private final Map<String, List<String>> pushed = new HashMap<>();
    private int changes;
    private int wakes;
    private final Relay relay = new Relay(new Relay.Setting(
            "node-a",
            "own",
            store,
            name -> Optional.ofNullable(ways.get(name)),
            timeline,
            () -> changes++,
            () -> wakes++));

    @BeforeEach
    void admit() {
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
    }

    @Test
    void whatIsPushedIsRemovedAndTheLeaderIsWoken() {
        ways.put("mail", takesAll("mail"));
        leave("mail", "one", "two");

        relay();
        timeline.runUntilIdle();

        assertThat(pushed.get("mail")).containsExactly("one", "two");
        assertThat(inOutbox()).isEmpty();
        assertThat(wakes).isPositive();
        assertThat(relay.held()).isEmpty();
    }

    @Test
    void aConnectionThatDoesNotAnswerDelaysNeitherTheLeaderNorOthers() {
        CompletableFuture<Void> never = new CompletableFuture<>();
        ways.put("slow", jobs -> {
            timeline.await(never, Deadline.after(Duration.ofHours(1), timeline.ticker()));
            throw new QueueException("no answer");
        });
        ways.put("mail", takesAll("mail"));
        leave("slow", "one");
        leave("mail", "two");

        Instant before = timeline.clock().instant();
        relay();
        relay();
        timeline.advance(Duration.ofMillis(1));

        assertThat(Duration.between(before, timeline.clock().instant())).isLessThan(Duration.ofSeconds(1));
        assertThat(pushed.get("mail")).containsExactly("two");
        assertThat(inOutbox()).containsExactly("one");
        relay.close();
    }

    @Test
    void whatCannotBePushedIsToldAndTriedAgainWithGrowingWaitsUntilItGoesWell() {
        ways.put("mail", refuses(new QueueException("Connection refused")));
        leave("mail", "one");
        Instant since = timeline.clock().instant();

        relay();
        timeline.runUntilIdle();
        assertThat(relay.held()).containsOnlyKeys("mail");
        assertThat(held("mail")).isEqualTo(new NodeReport.Held(since, "Connection refused"));
        assertThat(relay.triesAgainAfter().orElseThrow()).isBetween(Duration.ofMillis(499), Duration.ofSeconds(1));

        int openings = relay.openings();
        relay();
        timeline.runUntilIdle();
        assertThat(pushed.get("refused")).as("not tried before its time").hasSize(1);
        for (int i = 0; i < 8; i++) {
            timeline.advance(relay.triesAgainAfter().orElseThrow());
            assertThat(relay.openings()).isGreaterThan(openings);
            relay();
            timeline.runUntilIdle();
        }
        assertThat(relay.triesAgainAfter().orElseThrow()).isBetween(Duration.ofSeconds(14), LONGEST_WAIT);
        assertThat(held("mail").since()).isEqualTo(since);

        ways.put("mail", takesAll("mail"));
        timeline.advance(LONGEST_WAIT);
        int before = changes;
        relay();
        timeline.runUntilIdle();

        assertThat(pushed.get("mail")).containsExactly("one");
        assertThat(relay.held()).isEmpty();
        assertThat(changes).isGreaterThan(before);
        assertThat(inOutbox()).isEmpty();
    }

    @Test
    void aConnectionThatTheLeaderDoesNotHaveIsNamed() {
        leave("unheard-of", "one");

        relay();
        timeline.runUntilIdle();

        assertThat(held("unheard-of").reason())
                .contains("node-a", "does not have this connection", "open it on the nodes that lead");
        assertThat(inOutbox()).containsExactly("one");
    }

    @Test
    void whatAConnectionNeverTakesStaysAloneBehind() {
        ways.put("mail", jobs -> {
            if (jobs.stream().anyMatch(job -> job.id().equals("large"))) {
                throw new IllegalArgumentException("Job large is too large");
            }
            return takesAll("mail").apply(jobs);
        });
        leave("mail", "one", "large", "two");

        relay();
        timeline.runUntilIdle();
        leave("mail", "three");
        relay();
        timeline.runUntilIdle();

        assertThat(pushed.get("mail")).containsExactly("one", "two", "three");
        assertThat(inOutbox()).containsExactly("large");
        assertThat(held("mail").reason()).isEqualTo("Job large is too large");
    }

    @Test
    void moreThanTheOwnStoreTakesAtOnceIsPushedInTurn() {
        JobStore roomy = MemoryStore.open(new MemoryOptions(5_000), timeline);
        int many = roomy.capabilities().mostPushBatch() + 200;
        Relay toRoomy = new Relay(new Relay.Setting(
                "node-a", "own", roomy, name -> Optional.empty(), timeline, () -> changes++, () -> wakes++));

        toRoomy.relay(
                FENCE,
                IntStream.range(0, many)
                        .mapToObj(i -> OutboxEntry.here(job("own-" + i)))
                        .toList());

        assertThat(roomy.intake().counts().get(0).ready()).isEqualTo(many);
        assertThat(toRoomy.held()).isEmpty();
    }

    @Test
    void whatHasNoRoomInTheOwnStoreWaitsAndIsTold() {
        leave("mail", "elsewhere");
        List<OutboxEntry> many = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            many.add(OutboxEntry.here(job("own-" + i)));
        }

        relay.relay(FENCE, many);

        assertThat(relay.held()).containsOnlyKeys(NodeReport.HERE);
        assertThat(relay.triesAgainAfter()).isPresent();
        timeline.advance(relay.triesAgainAfter().orElseThrow());
        relay.relay(FENCE, many.subList(0, 2));

        assertThat(store.intake().find("own-1")).isPresent();
        assertThat(relay.held()).isEmpty();
    }

    @Test
    void anEntryForTheOwnConnectionByItsNameIsPushedHere() {
        relay.relay(FENCE, List.of(OutboxEntry.to("own", job("mine"))));

        assertThat(store.intake().find("mine")).isPresent();
    }

    @Test
    void whereNothingWaitsNothingIsHeld() {
        ways.put("mail", refuses(new QueueException("Connection refused")));
        leave("mail", "one");
        relay();
        timeline.runUntilIdle();

        relay.forget();

        assertThat(relay.held()).isEmpty();
        assertThat(relay.triesAgainAfter()).isEmpty();
    }

    @Test
    void whatIsUnderWayIsNotPushedASecondTime() {
        ways.put("mail", jobs -> {
            relay();
            return takesAll("mail").apply(jobs);
        });
        leave("mail", "one", "two");

        relay();
        timeline.runUntilIdle();

        assertThat(pushed.get("mail")).containsExactly("one", "two");
    }

    @Test
    void aLandingAsksForAnotherLookOnlyIfSomethingWasPassedOver() {
        ways.put("mail", takesAll("mail"));
        int before = relay.openings();

        relay.relay(FENCE, entries(1_000, 0));
        timeline.runUntilIdle();
        assertThat(pushed.get("mail")).hasSize(1_000);
        assertThat(relay.openings()).isEqualTo(before);

        relay.relay(FENCE, entries(1_001, 0));
        timeline.runUntilIdle();
        assertThat(pushed.get("mail")).hasSize(2_000);
        assertThat(relay.openings()).isGreaterThan(before);
    }

    @Test
    void largeEntriesAreTakenOnFewAtATime() {
        ways.put("mail", takesAll("mail"));
        int before = relay.openings();

        relay.relay(FENCE, entries(4, 3 << 20));
        timeline.runUntilIdle();
        assertThat(pushed.get("mail")).containsExactly("entry-0", "entry-1");
        assertThat(relay.openings()).isGreaterThan(before);

        relay.relay(FENCE, entries(4, 3 << 20).subList(2, 4));
        timeline.runUntilIdle();
        assertThat(pushed.get("mail")).hasSize(4);
        relay.relay(FENCE, entries(1, 9 << 20));
        timeline.runUntilIdle();
        assertThat(pushed.get("mail")).as("one alone may be larger").hasSize(5);
    }

    @Test
    void anErrorThatNobodyExpectedIsToldAndWaitedForAsWell() {
        ways.put("mail", jobs -> {
            throw new NullPointerException();
        });
        leave("mail", "one");

        relay();
        timeline.runUntilIdle();

        assertThat(held("mail").reason()).isEqualTo("java.lang.NullPointerException");
        assertThat(relay.triesAgainAfter()).isPresent();
        assertThat(wakes).isPositive();
    }

    @Test
    void whatCannotBeRemovedFromTheOutboxIsNotPushedAgainAtOnce() {
        ways.put("mail", takesAll("mail"));
        leave("mail", "one");
        List<OutboxEntry> entries = store.leader().outbox(FENCE, 100);
        store.leader().install(new Fence(FENCE.group(), FENCE.identity(), FENCE.term() + 1));

        relay.relay(FENCE, entries);
        timeline.runUntilIdle();

        assertThat(held("mail").reason()).contains("could not be removed from the outbox");
        relay.relay(FENCE, entries);
        timeline.runUntilIdle();
        assertThat(pushed.get("mail")).containsExactly("one");
    }

    @Test
    void theEndOfATermEndsWhatIsUnderWayAndHoldsNothing() {
        ways.put("slow", jobs -> {
            relay.end();
            return takesAll("slow").apply(jobs);
        });
        ways.put("mail", refuses(new QueueException("Connection refused")));
        leave("mail", "one");
        relay();
        timeline.runUntilIdle();
        assertThat(relay.held()).containsOnlyKeys("mail");
        int before = changes;

        relay.relay(FENCE, entries("slow", 200, 0));
        timeline.runUntilIdle();

        assertThat(pushed.get("slow")).as("what was being pushed just then").hasSize(100);
        assertThat(relay.held()).isEmpty();
        assertThat(changes).isGreaterThan(before);
        relay.forget();
        relay.relay(FENCE, entries("slow", 1, 0));
        timeline.runUntilIdle();
        assertThat(pushed.get("slow")).as("the next term").hasSize(101);
    }

    @Test
    void aPushThatFailsAfterTheEndOfATermIsHeldNoMore() {
        ways.put("mail", jobs -> {
            relay.end();
            throw new QueueException("Connection refused");
        });
        leave("mail", "one");

        relay();
        timeline.runUntilIdle();

        assertThat(relay.held()).isEmpty();
    }

    private static List<OutboxEntry> entries(int count, int bytes) {
        return entries("mail", count, bytes);
    }

    private static List<OutboxEntry> entries(String connection, int count, int bytes) {
        return IntStream.range(0, count)
                .mapToObj(i -> OutboxEntry.to(connection, NewJob.of("entry-" + i, "default", "mail", new byte[bytes])))
                .toList();
    }

    private void relay() {
        relay.relay(FENCE, store.leader().outbox(FENCE, 100));
    }

    private NodeReport.Held held(String connection) {
        return Optional.ofNullable(relay.held().get(connection)).orElseThrow();
    }

    private List<String> inOutbox() {
        return store.leader().outbox(Optional.empty(), 100).entries().stream()
                .map(OutboxEntry::id)
                .toList();
    }

    private Function<List<NewJob>, List<PushOutcome>> takesAll(String name) {
        return jobs -> {
            jobs.forEach(job ->
                    pushed.computeIfAbsent(name, first -> new ArrayList<>()).add(job.id()));
            return jobs.stream()
                    .<PushOutcome>map(job -> new PushOutcome.Pushed(job.id()))
                    .toList();
        };
    }

    private Function<List<NewJob>, List<PushOutcome>> refuses(QueueException why) {
        return jobs -> {
            assertThat(takesAll("refused").apply(jobs)).isNotEmpty();
            throw why;
        };
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "default", "mail", new byte[0]);
    }

    /** As a worker does whose job is followed by these. */
    private void leave(String connection, String... ids) {
        store.intake().push(List.of(job("before-" + ids[0])));
        store.leader().assign(FENCE, List.of(new Grant("a-1", "main", List.of("default"), Set.of("mail"), 1)));
        Attempt attempt = store.nodes()
                .exchange(new Exchange("a-1", "main", List.of(), 1, Optional.empty()))
                .taken()
                .get(0);
        List<OutboxEntry> entries = List.of(ids).stream()
                .map(id -> OutboxEntry.to(connection, job(id)))
                .toList();
        Settlement settlement = new Settlement(attempt.token(), new Settlement.Completed(), entries);
        store.nodes().exchange(new Exchange("a-1", "main", List.of(settlement), 0, Optional.empty()));
    }
}
