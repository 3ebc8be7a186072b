package io.muster.cluster.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemTimelineTest {
    private final Timeline timeline = SystemTimeline.instance();
    private final Loop loop = timeline.loop("test-loop");

    @AfterEach
    void close() {
        loop.close();
    }

    private Deadline in(Duration timeout) {
        return Deadline.after(timeout, timeline.ticker());
    }

    @Test
    void aLoopRunsInOrderOnOneNamedThreadAndSurvivesFailures() throws InterruptedException {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1);
        loop.post(() -> {
            throw new IllegalStateException("expected by this test");
        });
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            loop.post(() -> {
                order.add(number);
                threads.add(Thread.currentThread().getName());
            });
        }
        loop.post(done::countDown);

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
        assertThat(threads).containsOnly("test-loop");
    }

    @Test
    void aScheduledTaskRunsNotBeforeItsTimeAndNotOnceCancelled() throws InterruptedException {
        CountDownLatch late = new CountDownLatch(1);
        List<String> ran = Collections.synchronizedList(new ArrayList<>());
        long begun = timeline.ticker().nanos();

        loop.schedule(Duration.ofMillis(20), () -> ran.add("cancelled")).cancel();
        loop.schedule(Duration.ofMillis(60), late::countDown);

        assertThat(late.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(timeline.ticker().nanos() - begun).isGreaterThanOrEqualTo(60_000_000L);
        assertThat(ran).isEmpty();
    }

    @Test
    void closingInterruptsWhatRunsAndDropsTheRest() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<String> ended = new CompletableFuture<>();
        loop.post(() -> {
            running.countDown();
            boolean done = timeline.await(new CompletableFuture<>(), in(Duration.ofSeconds(20)));
            ended.complete(done + " " + Thread.currentThread().isInterrupted());
        });
        loop.post(() -> ended.complete("second"));
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

        loop.close();
        loop.close();
        loop.post(() -> ended.complete("third"));

        assertThat(ended).isCompletedWithValue("false true");
    }

    @Test
    void aLoopMayCloseItself() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        loop.post(() -> {
            loop.close();
            closed.countDown();
        });

        assertThat(closed.await(3, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void awaitingEndsWithTheSignalOrTheDeadline() {
        CompletableFuture<String> signal = new CompletableFuture<>();
        assertThat(timeline.await(signal, in(Duration.ofMillis(20)))).isFalse();

        loop.post(() -> signal.completeExceptionally(new IllegalStateException("also a signal")));

        assertThat(timeline.await(signal, in(Duration.ofSeconds(10)))).isTrue();
    }

    @Test
    void aTaskCanBeInterruptedAndSaysWhenItHasEnded() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Timeline.Task task = timeline.start("test-task", () -> {
            timeline.await(new CompletableFuture<>(), in(Duration.ofSeconds(20)));
            ended.countDown();
        });

        task.interrupt();

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptReachesNoLaterTaskOfTheSameThread() throws InterruptedException {
        List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 200; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            Timeline.Task task = timeline.start("test-task", () -> {
                interrupted.add(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
                ran.countDown();
            });
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            while (!task.ended()) {
                Thread.onSpinWait();
            }
            task.interrupt();
        }

        assertThat(interrupted).hasSize(200).containsOnly(false);
    }

    @Test
    void turnsAreTakenOneAtATimeAndTimeOut() throws InterruptedException {
        Turns turns = new Turns(timeline);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> first = new CompletableFuture<>();
        timeline.start("test-turn", () -> {
            turns.run(in(Duration.ofSeconds(10)), () -> {
                inside.countDown();
                try {
                    first.complete(release.await(10, TimeUnit.SECONDS) ? "ran" : "stuck");
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        });
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        List<String> ran = new ArrayList<>();

        assertThatThrownBy(() -> turns.run(in(Duration.ofMillis(20)), () -> ran.add("too early")))
                .isInstanceOf(ClusterUnavailableException.class);
        release.countDown();
        turns.run(in(Duration.ofSeconds(10)), () -> ran.add("in turn"));

        assertThat(ran).containsExactly("in turn");
        assertThat(first.join()).isEqualTo("ran");
    }
}
