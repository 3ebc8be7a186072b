package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.event.Events;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.UnaskedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q4")
class PusherTest {
    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final MemoryStore store = MemoryStore.open(new MemoryOptions(10_000), timeline);
    private final Watched watched = new Watched();
    private final JobTypes types = JobTypes.builder()
            .register(new JobType<>("note", Note.class, JobOptions.DEFAULT))
            .build();
    private final Pusher pusher = new Pusher(watched, types, timeline, "default", new Events(timeline));

    record Note(String text) {}

    @Test
    void aSinglePushIsSentAtOnceByItsCaller() {
        assertThat(pusher.push(job("a"))).isEqualTo(new PushOutcome.Pushed("a"));

        assertThat(watched.batches).containsExactly(List.of("a"));
    }

    @Test
    void whatArrivesDuringAFlightFormsTheNextBatch() {
        List<CompletableFuture<PushOutcome>> later = new ArrayList<>();
        watched.duringFlight = () -> {
            watched.duringFlight = () -> {};
            later.add(pusher.pushAsync(job("b")));
            later.add(pusher.pushAsync(job("c")));
        };

        pusher.push(job("a"));
        timeline.runUntilIdle();

        assertThat(watched.batches).containsExactly(List.of("a"), List.of("b", "c"));
        assertThat(later)
                .extracting(CompletableFuture::join)
                .containsExactly(new PushOutcome.Pushed("b"), new PushOutcome.Pushed("c"));
    }

    @Test
    void anUnknownOutcomeIsRepeatedWithTheSameIdAndPushedOnce() {
        watched.losesReplies = 2;

        assertThat(pusher.push(job("a"))).isEqualTo(new PushOutcome.Pushed("a"));

        assertThat(watched.batches).containsExactly(List.of("a"), List.of("a"), List.of("a"));
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(1);
    }

    @Test
    void aKnownIdIsSaidToBeKnown() {
        pusher.push(job("a"));

        assertThat(pusher.push(job("a"))).isEqualTo(new PushOutcome.SameId("a"));
    }

    @Test
    @Tag("F4")
    void anOutcomeThatStaysUnknownIsReportedAsUnknown() {
        watched.losesReplies = Integer.MAX_VALUE;

        assertThatThrownBy(() -> pusher.push(job("a")))
                .isInstanceOf(QueueException.class)
                .hasCauseInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining("job a of type \"note\"")
                .hasMessageContaining("\"default\"");
        assertThat(timeline.elapsed()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
    }

    @Test
    @Tag("F4")
    void anOutcomeStaysUnknownAlsoIfTheStoreIsDownForTheRepeats() {
        watched.losesReplies = 1;
        watched.duringFlight = () -> watched.down = watched.batches.size() > 1;

        assertThatThrownBy(() -> pusher.push(job("a")))
                .isInstanceOf(QueueException.class)
                .hasCauseInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining("the store is down");
        assertThat(store.intake().find("a")).isPresent();
    }

    @Test
    void anUnknownOutcomeIsResolvedOnceTheStoreIsBack() {
        watched.losesReplies = 1;
        watched.duringFlight = () -> watched.down = watched.batches.size() == 2;

        assertThat(pusher.push(job("a"))).isEqualTo(new PushOutcome.Pushed("a"));
        assertThat(watched.batches).hasSize(3);
    }

    @Test
    @Tag("F4")
    void aStoreThatIsDownFailsThePushAtOnceAndNamesJobQueueAndCause() {
        watched.down = true;

        assertThatThrownBy(() -> pusher.push(job("a")))
                .isInstanceOf(QueueException.class)
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessage(
                        "Could not push job a of type \"note\" to queue \"default\" of connection \"default\": the store is down");
        assertThat(timeline.elapsed()).isZero();
    }

    @Test
    void aFailedBatchFailsAllWhoWereInItAndNobodyAfterIt() {
        List<CompletableFuture<PushOutcome>> later = new ArrayList<>();
        watched.duringFlight = () -> {
            watched.duringFlight = () -> watched.down = true;
            later.add(pusher.pushAsync(job("b")));
            later.add(pusher.pushAsync(job("c")));
        };
        pusher.push(job("a"));
        timeline.runUntilIdle();
        assertThat(later).allMatch(CompletableFuture::isCompletedExceptionally);

        watched.duringFlight = () -> {};
        watched.down = false;
        assertThat(pusher.push(job("d"))).isEqualTo(new PushOutcome.Pushed("d"));
    }

    @Test
    void bulkGoesInChunksOfWhatTheStoreTakesAtOnce() {
        List<NewJob> jobs =
                IntStream.range(0, 2_500).mapToObj(i -> job("job-" + i)).toList();

        List<PushOutcome> outcomes = pusher.bulk(jobs);

        assertThat(watched.batches).extracting(List::size).containsExactly(1000, 1000, 500);
        assertThat(outcomes).hasSize(2_500).allMatch(PushOutcome.Pushed.class::isInstance);
    }

    @Test
    @Tag("F4")
    void aPayloadThatIsTooLargeIsRefusedWithTheRemedy() {
        Note large = new Note("x".repeat(1 << 20));

        assertThatThrownBy(() -> pusher.encode(large, "default", JobOptions.DEFAULT, PayloadBinding.job("large")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"note\"")
                .hasMessageContaining("store memory takes 1048576")
                .hasMessageContaining("push a reference");
        assertThat(watched.batches).isEmpty();
    }

    @Test
    void aJobWithoutAnIdGetsOne() {
        NewJob encoded =
                pusher.encode(new Note("x"), "default", JobOptions.DEFAULT, PayloadBinding.job(pusher.nextId()));

        assertThat(encoded.id()).hasSize(26);
        assertThat(encoded.type()).isEqualTo("note");
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "default", "note", new byte[0]);
    }

    /** Pushes to the memory store, written down and disturbed. */
    private final class Watched extends UnaskedStore {
        final List<List<String>> batches = new ArrayList<>();
        Runnable duringFlight = () -> {};
        int losesReplies;
        boolean down;

        @Override
        public List<PushOutcome> push(List<NewJob> jobs) {
            batches.add(jobs.stream().map(NewJob::id).toList());
            duringFlight.run();
            if (down) {
                throw new StoreUnavailableException("the store is down");
            }
            List<PushOutcome> outcomes = store.intake().push(jobs);
            if (losesReplies > 0) {
                losesReplies--;
                throw new StoreOutcomeUnknownException("the reply was lost");
            }
            return outcomes;
        }

        @Override
        public StoreCapabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public Intake intake() {
            return this;
        }
    }
}
