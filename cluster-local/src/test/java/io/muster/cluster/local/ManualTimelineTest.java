package io.muster.cluster.local;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ManualTimelineTest {
    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final List<String> ran = new ArrayList<>();

    @Test
    void nothingRunsBeforeItsTime() {
        Loop loop = timeline.loop("a");
        loop.schedule(ofSeconds(2), () -> ran.add("later"));
        loop.post(() -> ran.add("now"));

        timeline.runUntilIdle();
        assertThat(ran).containsExactly("now");
        timeline.advance(ofMillis(1_999));
        assertThat(ran).containsExactly("now");
        timeline.advance(ofMillis(1));
        assertThat(ran).containsExactly("now", "later");
    }

    @Test
    void timeStandsAtTheEventWhileItRuns() {
        List<Duration> seen = new ArrayList<>();
        timeline.loop("a").schedule(ofSeconds(3), () -> seen.add(timeline.elapsed()));

        timeline.advance(ofSeconds(10));

        assertThat(seen).containsExactly(ofSeconds(3));
        assertThat(timeline.elapsed()).isEqualTo(ofSeconds(10));
    }

    @Test
    void runNextGoesToTheNextEventAndSaysWhenThereIsNone() {
        timeline.loop("a").schedule(ofSeconds(7), () -> ran.add("a"));

        assertThat(timeline.runNext()).isTrue();
        assertThat(timeline.elapsed()).isEqualTo(ofSeconds(7));
        assertThat(timeline.runNext()).isFalse();
    }

    @Test
    void aCancelledTimerAndAClosedLoopRunNothing() {
        Loop loop = timeline.loop("a");
        Loop.Timer timer = loop.schedule(ofSeconds(1), () -> ran.add("cancelled"));
        timer.cancel();
        Loop closed = timeline.loop("b");
        closed.post(() -> ran.add("closed"));
        closed.close();
        closed.post(() -> ran.add("after close"));

        timeline.advance(ofSeconds(2));

        assertThat(ran).isEmpty();
    }

    @Test
    void aFailingTaskIsReportedAndItsLoopGoesOn() {
        Loop loop = timeline.loop("a");
        loop.post(() -> {
            throw new IllegalStateException("on purpose");
        });
        loop.post(() -> ran.add("next"));

        timeline.runUntilIdle();

        assertThat(ran).containsExactly("next");
        assertThat(timeline.failures()).hasSize(1);
    }

    @Test
    void aPausedNodeRunsLateWhatBecameDueMeanwhile() {
        ManualNode node = timeline.node("n");
        node.loop("l").schedule(ofSeconds(1), () -> ran.add("paused " + timeline.elapsed()));
        timeline.loop("other").schedule(ofSeconds(1), () -> ran.add("other"));

        node.pause();
        timeline.advance(ofSeconds(5));
        assertThat(ran).containsExactly("other");
        node.resume();
        timeline.runUntilIdle();

        assertThat(ran).containsExactly("other", "paused PT5S");
    }

    @Test
    void aKilledNodeRunsNothingAnyMore() {
        ManualNode node = timeline.node("n");
        Loop loop = node.loop("l");
        loop.post(() -> ran.add("before"));

        node.kill();
        loop.post(() -> ran.add("after"));
        node.loop("new").post(() -> ran.add("new loop"));
        timeline.advance(ofSeconds(1));

        assertThat(ran).isEmpty();
    }

    @Test
    void aStalledNodeHangsWhileOthersGoOn() {
        ManualNode node = timeline.node("n");
        node.loop("l").post(() -> {
            ran.add("begins");
            node.stall(ofSeconds(5));
            ran.add("goes on");
        });
        node.loop("sibling").schedule(ofSeconds(1), () -> ran.add("sibling"));
        timeline.node("m").loop("l").schedule(ofSeconds(2), () -> ran.add("other node"));

        timeline.advance(ofSeconds(10));

        assertThat(ran).containsExactly("begins", "other node", "goes on", "sibling");
    }

    @Test
    void aSkewedWallClockLeavesMonotonicTimeAlone() {
        ManualNode node = timeline.node("n");
        node.skewClock(Duration.ofHours(1));

        assertThat(Duration.between(timeline.clock().instant(), node.clock().instant()))
                .isEqualTo(Duration.ofHours(1));
        assertThat(node.ticker().nanos()).isEqualTo(timeline.ticker().nanos());
    }

    @Test
    void aTaskRunsBesideTheCallerAndSeesItsInterrupt() {
        List<Boolean> interrupted = new ArrayList<>();
        Timeline.Task task =
                timeline.start("t", () -> interrupted.add(Thread.currentThread().isInterrupted()));
        task.interrupt();
        assertThat(task.ended()).isFalse();

        timeline.runUntilIdle();

        assertThat(task.ended()).isTrue();
        assertThat(interrupted).containsExactly(true);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whoWaitsLetsOthersRunUntilTheSignalOrTheDeadline() {
        CompletableFuture<String> signal = new CompletableFuture<>();
        timeline.loop("other").schedule(ofSeconds(2), () -> signal.complete("done"));
        timeline.loop("waiting").post(() -> {
            ran.add("signal " + timeline.await(signal, Deadline.after(ofSeconds(5), timeline.ticker())) + " at "
                    + timeline.elapsed());
            ran.add("none " + timeline.await(new CompletableFuture<>(), Deadline.after(ofSeconds(5), timeline.ticker()))
                    + " at " + timeline.elapsed());
        });

        timeline.advance(ofSeconds(1));

        assertThat(ran).containsExactly("signal true at PT2S", "none false at PT7S");
    }

    @Test
    void anInterruptEndsAWaitAndStaysWithItsTask() {
        Timeline.Task task = timeline.start("t", () -> {
            ran.add("done "
                    + timeline.await(new CompletableFuture<>(), Deadline.after(ofSeconds(5), timeline.ticker())));
            ran.add("interrupted " + Thread.currentThread().isInterrupted());
        });
        timeline.loop("other").schedule(ofSeconds(2), () -> {
            task.interrupt();
            ran.add("other interrupted " + Thread.currentThread().isInterrupted());
        });

        timeline.advance(ofSeconds(3));

        assertThat(ran).containsExactly("other interrupted false", "done false", "interrupted true");
        assertThat(timeline.elapsed()).isEqualTo(ofSeconds(3));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatWaitsInAKilledNodeNeverGoesOn() {
        ManualNode node = timeline.node("n");
        node.loop("l").post(() -> {
            boolean done = node.await(new CompletableFuture<>(), Deadline.after(ofSeconds(5), node.ticker()));
            ran.add("went on " + done);
        });
        timeline.loop("other").schedule(ofSeconds(1), node::kill);

        timeline.advance(ofSeconds(10));

        assertThat(ran).isEmpty();
        assertThat(timeline.failures()).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameOrderAndOthersGiveOthers() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            List<String> order = shuffledRun(seed);
            assertThat(shuffledRun(seed)).isEqualTo(order);
            orders.add(order);
        }

        assertThat(orders).hasSizeGreaterThan(5);
    }

    @Test
    void aShuffleKeepsTheOrderWithinALoop() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(shuffledRun(seed)).containsSubsequence("a0", "a1", "a2").containsSubsequence("b0", "b1", "b2");
        }
    }

    @Test
    void anotherThreadIsRefused() {
        timeline.loop("a").post(() -> ran.add("mine"));

        CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(timeline::runNext);

        assertThatThrownBy(other::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void eventsWithoutEndAtOneMomentAreAnError() {
        Loop loop = timeline.loop("a");
        Runnable[] again = new Runnable[1];
        again[0] = () -> loop.post(again[0]);
        loop.post(again[0]);

        assertThatThrownBy(() -> timeline.advance(ofSeconds(1))).isInstanceOf(IllegalStateException.class);
    }

    private static List<String> shuffledRun(long seed) {
        ManualTimeline shuffled = ManualTimeline.shuffled(seed);
        List<String> order = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            Loop loop = shuffled.loop(name);
            for (int i = 0; i < 3; i++) {
                String step = name + i;
                loop.schedule(ofSeconds(1), () -> order.add(step));
            }
        }
        shuffled.advance(ofSeconds(1));
        return order;
    }
}
