package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.job.Handler;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolBench.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds where a task runs one job after the other. */
class GoingOnTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PoolBench bench = new PoolBench();
    private final List<String> log = new ArrayList<>();

    @Test
    @Tag("K1")
    void whatAHandlerLeavesBehindIsNotForTheNextJob() {
        warmPool((work, context) -> {
            log.add(context.jobId() + " " + Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        });
        pushAndAssign("a", "b", "c");

        bench.end(SECOND);

        assertThat(log).containsExactly("a false", "b false", "c false");
    }

    @Test
    @Tag("K1")
    void jobsThatFailOrThrowErrorsDoNotHoldUpWhatIsAhead() {
        warmPool((work, context) -> {
            log.add(context.jobId());
            switch (context.jobId()) {
                case "error" -> throw new StackOverflowError("deep");
                case "failed" -> context.fail("not this one");
                case "unlucky" -> throw new IllegalStateException("broken");
                default -> {}
            }
        });
        pushAndAssign("error", "a", "failed", "b", "unlucky", "c");

        bench.end(SECOND);

        assertThat(log).containsExactly("error", "a", "failed", "b", "unlucky", "c");
        assertThat(List.of("error", "failed", "unlucky"))
                .allSatisfy(id -> assertThat(bench.state(id)).isEqualTo(JobState.FAILED));
        assertThat(List.of("a", "b", "c"))
                .allSatisfy(id -> assertThat(bench.state(id)).isEqualTo(JobState.COMPLETED));
    }

    @Test
    @Tag("K3")
    void anExceptionThatCannotBeLookedAtFailsItsJobAndFreesTheSlot() {
        warmPool((work, context) -> {
            if (context.jobId().equals("odd")) {
                throw new Unspeakable();
            }
            log.add(context.jobId());
        });
        pushAndAssign("odd", "a");

        bench.end(SECOND);

        assertThat(log).containsExactly("a");
        assertThat(bench.state("odd")).isEqualTo(JobState.FAILED);
        assertThat(bench.state("a")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("K3")
    void aTimeoutOfAMillionYearsIsNone() {
        bench.pool(1);
        bench.push("patient", Work.lasting(MINUTE), JobOptions.DEFAULT.withTimeout(Duration.ofDays(365_000_000)));
        bench.assign(1);

        bench.end(MINUTE.multipliedBy(2));

        assertThat(bench.state("patient")).isEqualTo(JobState.COMPLETED);
    }

    /** Fails whoever asks what it is. */
    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("never mind");
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    @Test
    @Tag("C12")
    void withoutTrustWhatWasTakenAheadDoesNotBeginAndIsGivenBack() {
        bench.pool(1);
        bench.warmUp();
        bench.push("first", Work.lasting(Duration.ofMillis(50)));
        bench.push("next", Work.NONE);
        bench.assign(2);
        bench.at(Duration.ofMillis(20), () -> bench.trusted = false);

        bench.end(SECOND);

        assertThat(bench.ran).containsExactly("first");
        assertThat(bench.state("first")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.state("next")).isEqualTo(JobState.READY);
        assertThat(bench.job("next").counters().starts()).isZero();
    }

    @Test
    @Tag("C7")
    void aTaskGivesTheNodesSlotToWhoeverWaitsForOneBeforeItGoesOn() {
        NodeSlots one = new NodeSlots(1);
        PoolBench narrow = new PoolBench(one);
        narrow.pool(1);
        narrow.warmUp();
        narrow.push("first", Work.lasting(Duration.ofMillis(50)));
        for (int job = 0; job < 5; job++) {
            narrow.push("next-" + job, Work.NONE);
        }
        narrow.assign(6);
        List<List<String>> ranWhenFree = new ArrayList<>();
        narrow.at(
                Duration.ofMillis(10), () -> assertThat(one.tryAcquire(() -> ranWhenFree.add(List.copyOf(narrow.ran))))
                        .isFalse());

        narrow.end(SECOND);

        assertThat(ranWhenFree).containsExactly(List.of("first"));
        assertThat(narrow.counts().completed()).isEqualTo(406);
    }

    @Test
    @Tag("K3")
    void eachJobHasItsOwnTimeout() {
        bench.pool(3);
        bench.push("long", Work.lasting(MINUTE.multipliedBy(2)), JobOptions.DEFAULT.withTimeout(MINUTE));
        bench.push("short", Work.lasting(MINUTE), JobOptions.DEFAULT.withTimeout(SECOND));
        bench.push("middle", Work.lasting(MINUTE), JobOptions.DEFAULT.withTimeout(SECOND.multipliedBy(30)));
        bench.assign(3);
        bench.at(Duration.ofMillis(999), () -> assertThat(bench.state("short")).isEqualTo(JobState.RUNNING));
        bench.at(
                Duration.ofMillis(1_001), () -> assertThat(bench.state("short")).isEqualTo(JobState.FAILED));
        bench.at(Duration.ofMillis(29_999), () -> assertThat(bench.state("middle"))
                .isEqualTo(JobState.RUNNING));
        bench.at(Duration.ofMillis(30_001), () -> assertThat(bench.state("middle"))
                .isEqualTo(JobState.FAILED));
        bench.at(
                Duration.ofMillis(59_999), () -> assertThat(bench.state("long")).isEqualTo(JobState.RUNNING));

        bench.end(Duration.ofMillis(60_001));

        assertThat(bench.state("long")).isEqualTo(JobState.FAILED);
    }

    @Test
    @Tag("C8")
    void aPoolThatRanThroughWhatItTookAheadIsHungryOnlyOnceAllIsSettled() {
        bench.pool(1);
        bench.warmUp();
        int before = bench.hungry;
        List<Long> unsettledWhenHungry = new ArrayList<>();
        bench.onHungry = () -> unsettledWhenHungry.add(bench.counts().running());
        for (int job = 0; job < 50; job++) {
            bench.push("job-" + job, Work.NONE);
        }
        bench.assign(50);

        bench.end(SECOND);

        assertThat(bench.hungry).isGreaterThan(before);
        assertThat(unsettledWhenHungry).isNotEmpty().containsOnly(0L);
    }

    /** One slot, and a handler that the pool takes ahead for. */
    private void warmPool(Handler<Work> handler) {
        JobType<Work> type = new JobType<>("work", Work.class, JobOptions.DEFAULT);
        Handler<Work> once = (work, context) -> {
            if (!context.jobId().startsWith("warm")) {
                handler.handle(work, context);
            }
        };
        bench.pool(
                PoolOptions.of("default").withName("main"),
                JobTypes.builder().register(type, once).build());
        bench.warmUp();
    }

    private void pushAndAssign(String... ids) {
        for (String id : ids) {
            bench.push(id, Work.NONE);
        }
        bench.assign(ids.length);
    }
}
