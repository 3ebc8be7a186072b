package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.distribution.Distributor.DistributorSetting;
import io.muster.queue.store.Fence;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the leader looks through the outbox, of which some entries cannot be relayed now. */
@Tag("W1")
class OutboxLookTest {
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Fence FENCE = new Fence("queue", "coordinator", 7);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final List<String> calls = new ArrayList<>();
    private final RecordingDesk desk = new RecordingDesk(calls);
    private final RecordingRelay relay = new RecordingRelay();
    private final Chores chores = new Chores(setting(QueueGroups.DEFAULT));

    private DistributorSetting setting(String group) {
        return new DistributorSetting(
                "a",
                group,
                QueueGroups.NONE,
                new DeskStore(desk),
                timeline,
                () -> Set.of("a-1"),
                Duration.ofSeconds(4),
                () -> {},
                () -> {},
                relay,
                Retention.DEFAULT,
                true,
                Duration.ofHours(1));
    }

    @BeforeEach
    void begin() {
        chores.begin(timeline.ticker().nanos());
    }

    private Duration round() {
        return chores.round(FENCE, timeline.ticker().nanos(), true, IDLE);
    }

    private void hint() {
        timeline.advance(Duration.ofMillis(100));
        chores.hint();
        round();
    }

    @Test
    void whatLiesInTheOutboxIsRelayed() {
        leave(1);

        round();

        assertThat(relay.handed).containsExactly("e0");
        assertThat(calls).contains("outbox").doesNotContain("outbox from 0");
    }

    @Test
    void whatCannotBePushedHidesNothingThatStandsBehindIt() {
        leave(1_350);

        round();
        assertThat(relay.handed)
                .as("a bounded look, begun behind the head")
                .hasSize(1_000)
                .doesNotHaveDuplicates();
        round();

        assertThat(Set.copyOf(relay.handed)).hasSize(1_350);
        long looks = looksBehind();
        leave(5);
        relay.handed.clear();
        hint();

        assertThat(relay.handed).hasSize(5 + 50 + 100).contains("e1354");
        assertThat(looksBehind() - looks).isEqualTo(1);
    }

    @Test
    void whatWasPassedOverIsLookedAtAgainWhenItCanBeTried() {
        leave(250);
        relay.again = Optional.of(Duration.ofSeconds(2));
        assertThat(round()).isEqualTo(Duration.ofMillis(2001));
        relay.handed.clear();

        relay.openings++;
        timeline.advance(Duration.ofMillis(2001));
        round();

        assertThat(relay.handed).hasSize(250);
    }

    @Test
    void aHintSoonAfterALookIsFollowedWhenItsTimeHasCome() {
        round();
        timeline.advance(Duration.ofMillis(5));
        chores.hint();

        assertThat(round()).isEqualTo(Duration.ofMillis(95));
    }

    @Test
    void whatIsDueIsNotForgottenByARoundInBetween() {
        relay.again = Optional.of(Duration.ofMillis(600));
        round();
        timeline.advance(Duration.ofMillis(200));

        assertThat(round()).isEqualTo(Duration.ofMillis(401));
    }

    @Test
    void theOutboxIsNotLookedThroughBackToBack() {
        leave(250);
        round();
        relay.handed.clear();

        relay.openings++;
        hint();
        assertThat(relay.handed).as("the head and what is new").hasSize(100 + 50);
        assertThat(round()).as("until it is looked through again").isEqualTo(Duration.ofMillis(900));
        relay.handed.clear();
        timeline.advance(Duration.ofMillis(900));
        round();

        assertThat(relay.handed).hasSize(250);
    }

    @Test
    void aLookThroughTheOutboxGoesToItsEndBeforeTheNextBegins() {
        leave(2_500);
        for (int i = 0; i < 3; i++) {
            relay.openings++;
            round();
        }

        assertThat(relay.handed).contains("e2499");
        relay.handed.clear();
        timeline.advance(Duration.ofSeconds(1));
        round();
        assertThat(relay.handed).as("the next look").contains("e100", "e999");
    }

    @Test
    void whatBecomesVisibleInFrontOfThatPlaceIsFoundByTheRegularLook() {
        leave(250);
        round();
        desk.outbox.add(
                150,
                new OutboxEntry("late", Optional.of("elsewhere"), NewJob.of("late", "default", "mail", new byte[0])));
        hint();
        assertThat(relay.handed).doesNotContain("late");

        timeline.advance(Duration.ofSeconds(30));
        round();

        assertThat(relay.handed).contains("late");
    }

    @Test
    void onlyTheTermOfWhoRelaysBeginsAndEndsWhatTheRelayKnows() {
        Chores others = new Chores(setting("reports"));
        int forgotten = relay.forgotten;

        others.begin(timeline.ticker().nanos());
        others.end();

        assertThat(relay.forgotten).isEqualTo(forgotten);
        assertThat(relay.ended).isZero();
        chores.begin(timeline.ticker().nanos());
        chores.end();
        assertThat(relay.forgotten).isEqualTo(forgotten + 1);
        assertThat(relay.ended).isEqualTo(1);
    }

    private long looksBehind() {
        return calls.stream().filter(call -> call.startsWith("outbox from")).count();
    }

    private void leave(int entries) {
        int first = desk.outbox.size();
        IntStream.range(first, first + entries)
                .forEach(i -> desk.outbox.add(new OutboxEntry(
                        "e" + i, Optional.of("elsewhere"), NewJob.of("j" + i, "default", "mail", new byte[0]))));
    }
}
