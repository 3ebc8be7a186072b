package io.muster.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManualThreadTest {
    private static final int MOST_THREADS_TRIED = 100;

    private final ManualTimeline timeline = ManualTimeline.ordered().withThreads();
    private final ManualNode node = timeline.node("n");
    private final List<String> story = new ArrayList<>();

    @AfterEach
    void end() {
        timeline.endThreads();
    }

    private void told(String event) {
        story.add(timeline.elapsed().toSeconds() + " " + event);
    }

    private void spend(int seconds) {
        node.await(new CompletableFuture<Void>(), Deadline.after(Duration.ofSeconds(seconds), node.ticker()));
    }

    private Timeline.Task worker(String name, int seconds) {
        return node.start(name, () -> {
            told(name + " begins");
            spend(seconds);
            told(name + (Thread.interrupted() ? " is interrupted" : " ends"));
        });
    }

    @Test
    void timeCanStopInTheMiddleOfATask() {
        Timeline.Task task = worker("a", 10);

        timeline.advance(Duration.ofSeconds(4));

        assertThat(timeline.elapsed()).isEqualTo(Duration.ofSeconds(4));
        assertThat(task.ended()).isFalse();
        assertThat(story).containsExactly("0 a begins");
        timeline.advance(Duration.ofSeconds(6));
        assertThat(task.ended()).isTrue();
        assertThat(story).containsExactly("0 a begins", "10 a ends");
    }

    @Test
    void tasksThatWaitAtTheSameTimeGoOnInTheOrderOfTheirEnds() {
        worker("a", 3);
        worker("b", 2);
        worker("c", 1);

        timeline.advance(Duration.ofSeconds(5));

        assertThat(story).containsExactly("0 a begins", "0 b begins", "0 c begins", "1 c ends", "2 b ends", "3 a ends");
    }

    @Test
    void aSignalEndsAWait() {
        CompletableFuture<Void> signal = new CompletableFuture<>();
        node.start("a", () -> told("done " + node.await(signal, Deadline.after(Duration.ofSeconds(9), node.ticker()))));
        timeline.advance(Duration.ofSeconds(2));

        signal.complete(null);
        timeline.advance(Duration.ofSeconds(2));

        assertThat(story).containsExactly("2 done true");
    }

    @Test
    void anInterruptEndsAWaitAndIsForThatTaskOnly() {
        Timeline.Task a = worker("a", 9);
        worker("b", 5);
        timeline.advance(Duration.ofSeconds(2));

        a.interrupt();
        timeline.advance(Duration.ofSeconds(9));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(story).containsExactly("0 a begins", "0 b begins", "2 a is interrupted", "5 b ends");
    }

    @Test
    void anInterruptBeforeTheWaitIsNotLost() {
        Timeline.Task a = worker("a", 9);

        a.interrupt();
        timeline.advance(Duration.ofSeconds(1));

        assertThat(story).containsExactly("0 a begins", "0 a is interrupted");
    }

    @Test
    void theTaskOfAKilledProcessNeverGoesOn() {
        worker("a", 3);
        timeline.advance(Duration.ofSeconds(1));

        node.kill();
        timeline.advance(Duration.ofSeconds(9));
        timeline.endThreads();

        assertThat(story).containsExactly("0 a begins");
        assertThat(timeline.failures()).isEmpty();
    }

    @Test
    void theTaskOfAPausedProcessGoesOnWhenTheProcessDoes() {
        worker("a", 3);
        timeline.advance(Duration.ofSeconds(1));

        node.pause();
        timeline.advance(Duration.ofSeconds(9));
        assertThat(story).containsExactly("0 a begins");
        node.resume();
        timeline.advance(Duration.ofSeconds(1));

        assertThat(story).containsExactly("0 a begins", "10 a ends");
    }

    @Test
    void aTaskMayBeginOthersAndWaitForThem() {
        node.start("a", () -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            node.start("b", () -> {
                spend(2);
                done.complete(null);
            });
            node.await(done, Deadline.after(Duration.ofSeconds(9), node.ticker()));
            told("b has ended");
        });

        timeline.advance(Duration.ofSeconds(3));

        assertThat(story).containsExactly("2 b has ended");
    }

    @Test
    void whatATaskThrowsIsKept() {
        Timeline.Task task = node.start("a", () -> {
            throw new IllegalStateException("broken");
        });

        timeline.advance(Duration.ofSeconds(1));

        assertThat(task.ended()).isTrue();
        assertThat(timeline.failures()).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anyOtherThreadIsStillRefused() throws InterruptedException {
        timeline.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> outcome = new CompletableFuture<>();

        Thread stranger = new Thread(() -> {
            try {
                node.loop("l").post(() -> {});
                outcome.complete(null);
            } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
        stranger.start();
        stranger.join();

        assertThatThrownBy(outcome::join).hasCauseInstanceOf(IllegalStateException.class);
    }

    /** Threads are pooled: who gets one next is no task of this timeline. */
    @Test
    void itsThreadForgetsATaskThatHasEnded() {
        List<Thread> ran = new ArrayList<>();
        node.start("task", () -> ran.add(Thread.currentThread()));
        timeline.runUntilIdle();

        for (int i = 0; i < MOST_THREADS_TRIED; i++) {
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            CompletableFuture<Boolean> belongsToATask = new CompletableFuture<>();
            SystemTimeline.instance().start("another", () -> {
                thread.complete(Thread.currentThread());
                belongsToATask.complete(ManualThread.current() != null);
            });
            assertThat(belongsToATask.join()).isFalse();
            if (ran.contains(thread.join())) {
                return;
            }
        }
    }
}
