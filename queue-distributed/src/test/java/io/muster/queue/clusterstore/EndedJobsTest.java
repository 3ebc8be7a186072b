package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the leader looks for what it may forget, and that it finds it: a list costs Consul and ZooKeeper all that is remembered. */
@Tag("Q2")
class EndedJobsTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    private static final Duration KEPT = Tending.LONGEST_MEMORY;
    private static final Duration STEP = Duration.ofMillis(100);
    private static final int LIMIT = 500;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final CountingBackend backend =
            new CountingBackend(LocalConfig.named("ended").open("test", timeline));
    private final ClusterStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 100_000);
    private int number;

    @BeforeEach
    void aLeader() {
        store.leader().install(FENCE);
    }

    @Test
    void aStreamOfJobsIsForgottenInTimeByAListNowAndThen() {
        stream(KEPT.plusSeconds(5));
        backend.commands();

        stream(KEPT.multipliedBy(2));

        assertThat(lists()).as("lists within two minutes of ten looks a second").isLessThanOrEqualTo(5);
        assertThat(remembered().get(0)).isAfterOrEqualTo(now().minus(KEPT).minus(STEP.multipliedBy(2)));
    }

    /** As many as are listed at once do not suffice. */
    @Test
    void manyThatEndedAtOnceAreForgottenAtOnceWhenTheirTimeHasCome() {
        int many = EndedJobs.AHEAD * 2 + 10;
        IntStream.range(0, many).forEach(i -> ends(now()));
        tend();
        timeline.advance(KEPT);
        backend.commands();

        int forgotten = 0;
        for (int call = 0; call <= many / LIMIT; call++) {
            forgotten += tend();
        }

        assertThat(forgotten).isEqualTo(many);
        assertThat(remembered()).isEmpty();
        assertThat(lists()).isLessThanOrEqualTo(4);
    }

    @Test
    void nothingIsForgottenBeforeItsTime() {
        Instant first = now();
        ends(first);
        timeline.advance(KEPT.dividedBy(2));
        Instant second = now();
        ends(second);

        for (Instant over : List.of(first.plus(KEPT), second.plus(KEPT))) {
            for (; now().isBefore(over); timeline.advance(STEP)) {
                assertThat(tend()).isZero();
            }
            assertThat(tend()).isEqualTo(1);
        }
    }

    /** A node whose clock is behind, or whose write took its time, brings a name between those that are there already. */
    @Test
    void whatComesLateBetweenOthersIsForgottenInTime() {
        ends(now());
        timeline.advance(KEPT.minusSeconds(3));
        ends(now());
        timeline.advance(Duration.ofSeconds(3));
        assertThat(tend()).as("names are listed now").isEqualTo(1);
        Instant late = now().minusSeconds(4);
        Key between = ends(late);

        timeline.advance(Duration.between(now(), late.plus(KEPT).plus(EndedJobs.MARGIN)));
        tend();

        assertThat(backend.read(between, soon())).isEmpty();
        assertThat(remembered()).isEmpty();
    }

    @Test
    void whatComesTooLateIsForgottenByALookFromTheFirstName() {
        stream(KEPT.plusSeconds(20));
        Key between = ends(now().minus(KEPT).minusSeconds(10));
        tend();

        stream(Duration.ofMinutes(5));

        assertThat(backend.read(between, soon())).isEmpty();
    }

    @Test
    void aShorterRetentionHoldsAtOnce() {
        ends(now());
        assertThat(tend()).isZero();
        timeline.advance(Duration.ofSeconds(10));
        assertThat(tend()).isZero();
        Retention shorter = new Retention(Duration.ofSeconds(10), Duration.ofDays(1));

        assertThat(store.leader().tend(FENCE, shorter, now(), LIMIT).forgotten())
                .isEqualTo(1);
    }

    /** Another leader forgot meanwhile: what this one had listed is not worked off name by name. */
    @Test
    void whatWasListedInAnEarlierTermIsListedAnew() {
        IntStream.range(0, 200).forEach(i -> ends(now()));
        timeline.advance(EndedJobs.MARGIN);
        tend();
        try (ClusterStore other = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 100_000)) {
            Fence next = new Fence("queue", "coordinator", 2);
            other.leader().install(next);
            timeline.advance(KEPT);
            assertThat(other.leader()
                            .tend(next, Retention.DEFAULT, now(), LIMIT)
                            .forgotten())
                    .isEqualTo(200);
        }
        Fence again = new Fence("queue", "coordinator", 3);
        store.leader().install(again);
        backend.commands();

        assertThat(store.leader().tend(again, Retention.DEFAULT, now(), LIMIT).forgotten())
                .isZero();
        assertThat(backend.commands()).noneMatch(command -> command.startsWith("commit"));
    }

    /** After an answer that was lost, or a refusal, the same ones are tried again. */
    @Test
    void whatCouldNotBeForgottenIsForgottenByTheNextLook() {
        IntStream.range(0, 100).forEach(i -> ends(now()));
        timeline.advance(KEPT);
        backend.refuseAfter(1);
        try {
            tend();
        } catch (RuntimeException expected) {
            assertThat(expected).hasMessageContaining("died");
        }
        backend.refuseAfter(Integer.MAX_VALUE);

        tend();

        assertThat(remembered()).isEmpty();
    }

    /** Ten look a second, and jobs end all the time. */
    private void stream(Duration length) {
        for (Instant end = now().plus(length); now().isBefore(end); timeline.advance(STEP)) {
            ends(now());
            tend();
        }
    }

    private Key ends(Instant at) {
        JobDocument job = JobDocument.pushed(
                NewJob.of("job-" + number++, "default", "noop", new byte[0]), Places.at(at), JobState.COMPLETED);
        Key key = StoreKeys.ended(job, at);
        backend.commit(
                Transaction.builder()
                        .require(Compare.absent(key))
                        .write(Write.put(key, new byte[0]))
                        .build(),
                soon());
        return key;
    }

    private int tend() {
        return store.leader().tend(FENCE, Retention.DEFAULT, now(), LIMIT).forgotten();
    }

    private long lists() {
        return backend.commands().stream()
                .filter(command -> command.startsWith("list ") && command.contains(StoreKeys.ENDED))
                .count();
    }

    /** When what is remembered ended, in the order of that. */
    private List<Instant> remembered() {
        List<Instant> moments = new ArrayList<>();
        for (Entry entry :
                backend.list(ListRequest.first(StoreKeys.ENDED, 10_000), soon()).entries()) {
            moments.add(StoreKeys.momentOf(entry.key()));
        }
        return moments;
    }

    private Instant now() {
        return timeline.clock().instant();
    }

    private Deadline soon() {
        return Deadline.after(Duration.ofSeconds(5), timeline.ticker());
    }
}
