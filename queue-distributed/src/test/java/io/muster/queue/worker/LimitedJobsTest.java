package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Dispatchable;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobSupplies;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.limit.Limits;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.LimitDesk;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs behind limits and fuses, in a real pool and manual time. */
class LimitedJobsTest {
    private static final JobType<Call> CALL = new JobType<>("call", Call.class, JobOptions.DEFAULT);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final PoolBench bench = new PoolBench();
    private final List<LimitCall.Action> asked = new ArrayList<>();
    private final Map<Long, Integer> begun = new TreeMap<>();
    private final long start = bench.timeline.clock().instant().toEpochMilli();
    private List<Middleware> middleware = List.of();
    private Handler<Call> handler = (call, context) -> {};
    private boolean storeSilent;

    record Call(String user) implements Dispatchable {}

    /** A pool that works for {@code seconds}, the test being its leader ten times a second. */
    private void run(int seconds, Map<String, Function<Object, Limit>> limiters) {
        LimitDesk counting = call -> {
            asked.add(call.action());
            if (storeSilent) {
                throw new StoreUnavailableException("silent");
            }
            return bench.store.limits().ask(call);
        };
        Limits limits = new Limits(limiters, Optional.of(counting), bench.timeline);
        Handler<Call> noting = (call, context) -> {
            long second = (bench.timeline.clock().instant().toEpochMilli() - start) / 1000;
            begun.merge(second, 1, Integer::sum);
            handler.handle(call, context);
        };
        bench.pool(
                PoolOptions.of("default").withName("main").withConcurrency(4),
                JobTypes.builder()
                        .register(CALL, noting)
                        .supplies(new JobSupplies(
                                JobSupplies.NONE.factory(), middleware, Map.of(), Map.of(), Optional.empty(), limits))
                        .build());
        for (int tick = 0; tick < seconds * 10; tick++) {
            bench.at(Duration.ofMillis(100L * tick), () -> {
                bench.store
                        .leader()
                        .tend(
                                PoolBench.FENCE,
                                Retention.DEFAULT,
                                bench.timeline.clock().instant(),
                                10_000);
                bench.assign(40);
            });
        }
        bench.end(SECOND.multipliedBy(seconds));
    }

    private void push(int jobs, String user) {
        for (int i = 0; i < jobs; i++) {
            bench.push(user + "-" + i, CALL, new Call(user), JobOptions.DEFAULT.withTries(1));
        }
    }

    @Test
    @Tag("M2")
    void noMoreBeginInAWindowThanTheLimitAllowsAndAllRunAtTheirFirstTry() {
        middleware = List.of(RateLimited.by("calls"));
        push(10, "ada");

        run(6, Map.of("calls", job -> Limit.perSecond(3)));

        assertThat(begun.values()).containsExactly(3, 3, 3, 1);
        assertThat(bench.counts().completed()).isEqualTo(10);
        assertThat(bench.job("ada-9").counters()).isEqualTo(new Counters(1, 0, 0, 0, 0, 0));
    }

    @Test
    @Tag("M2")
    void aJobIsHeldBackOnceAndUntilItsWindow() {
        middleware = List.of(RateLimited.by("calls"));
        push(12, "ada");

        run(5, Map.of("calls", job -> Limit.perSecond(3)));

        assertThat(bench.counts().completed()).isEqualTo(12);
        assertThat(asked).hasSizeLessThanOrEqualTo(12 + 9);
    }

    @Test
    @Tag("M2")
    void eachKeyHasALimitOfItsOwnAndNoneIsNoLimit() {
        middleware = List.of(RateLimited.by("calls"));
        push(2, "ada");
        push(2, "bob");
        push(5, "vip");

        run(
                2,
                Map.of(
                        "calls",
                        job -> ((Call) job).user().equals("vip")
                                ? Limit.none()
                                : Limit.perHour(1).by(((Call) job).user())));

        assertThat(begun).containsExactly(Map.entry(0L, 7));
        assertThat(bench.state("ada-1")).isEqualTo(JobState.DELAYED);
        assertThat(bench.state("bob-1")).isEqualTo(JobState.DELAYED);
        assertThat(Duration.between(
                        bench.timeline.clock().instant(),
                        bench.job("ada-1").dueAt().orElseThrow()))
                .isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    }

    @Test
    @Tag("M2")
    void aJobOverTheLimitIsDroppedIfItSaysSo() {
        middleware = List.of(RateLimited.by("calls").orDrop());
        push(3, "ada");

        run(2, Map.of("calls", job -> Limit.perMinute(1)));

        assertThat(bench.state("ada-0")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.state("ada-1")).isEqualTo(JobState.DISCARDED);
        assertThat(bench.job("ada-2").reason().orElseThrow()).contains("\"calls\"");
    }

    @Test
    @Tag("M2")
    void ofSeveralLimitsEachHoldsAndWhatTheInnerRefusesCostsTheOuterNothing() {
        middleware = List.of(RateLimited.by("per minute"), RateLimited.by("per second"));
        push(8, "ada");

        run(
                10,
                Map.of(
                        "per minute", job -> Limit.perMinute(4),
                        "per second", job -> Limit.perSecond(1)));

        assertThat(begun.values()).allMatch(count -> count == 1);
        assertThat(bench.counts().completed()).isEqualTo(4);
    }

    @Test
    @Tag("M2")
    void aLimitThatDoesNotBindCostsFewQuestions() {
        middleware = List.of(RateLimited.by("calls"));
        push(2000, "ada");

        run(6, Map.of("calls", job -> Limit.perMinute(1_000_000)));

        assertThat(bench.counts().completed()).isEqualTo(2000);
        assertThat(asked).hasSizeLessThan(100);
    }

    @Test
    @Tag("M2")
    void whileTheStoreDoesNotAnswerJobsAreHeldBackAndLoseNoTry() {
        middleware = List.of(RateLimited.by("calls"));
        storeSilent = true;
        push(1, "ada");
        bench.at(Duration.ofMillis(500), () -> {
            assertThat(bench.state("ada-0")).isEqualTo(JobState.DELAYED);
            storeSilent = false;
        });

        run(3, Map.of("calls", job -> Limit.perSecond(1)));

        assertThat(bench.state("ada-0")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("M2")
    void anUnknownLimiterFailsTheJobAndNamesWhatThereIs() {
        middleware = List.of(RateLimited.by("cals"));
        push(1, "ada");

        run(1, Map.of("calls", job -> Limit.perSecond(1)));

        assertThat(bench.job("ada-0").reason().orElseThrow())
                .contains("\"cals\"")
                .contains("calls");
    }

    @Test
    @Tag("M4")
    void afterSoManyExceptionsNobodyRunsForTheTime() {
        middleware = List.of(ThrottlesExceptions.after(3, Duration.ofSeconds(10)));
        handler = (call, context) -> {
            throw new IllegalStateException("down");
        };
        bench.push("job", CALL, new Call("ada"), JobOptions.DEFAULT.withTries(0));

        run(25, Map.of());

        assertThat(begun.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(9);
        assertThat(begun.keySet()).contains(0L).doesNotContain(3L, 5L, 9L).hasSizeLessThanOrEqualTo(6);
        assertThat(bench.job("job").counters().exceptions()).isEqualTo(9);
    }

    @Test
    @Tag("M4")
    void belowTheNumberTheJobComesBackAfterTheBackoffAndASuccessForgets() {
        middleware = List.of(ThrottlesExceptions.after(2, Duration.ofMinutes(5)).backoff(SECOND.multipliedBy(2)));
        handler = (call, context) -> {
            if (context.attempt() % 2 == 1) {
                throw new IllegalStateException("now and then");
            }
            if (context.attempt() < 6) {
                context.release();
            }
        };
        bench.push("job", CALL, new Call("ada"), JobOptions.DEFAULT.withTries(0).withBackoff(Duration.ofHours(1)));

        run(12, Map.of());

        assertThat(bench.state("job")).isEqualTo(JobState.COMPLETED);
        assertThat(begun.keySet()).doesNotContain(1L).hasSizeGreaterThanOrEqualTo(3);
        assertThat(asked).contains(LimitCall.Action.CLEAR);
    }

    @Test
    @Tag("M4")
    void otherExceptionsAreNotCountedAndWhatFailsKeepsItsCause() {
        middleware = List.of(ThrottlesExceptions.after(1, Duration.ofMinutes(5))
                .by("service")
                .when(cause -> cause instanceof IllegalStateException));
        handler = (call, context) -> {
            throw new UnsupportedOperationException("mine");
        };
        push(2, "ada");

        run(2, Map.of());

        assertThat(bench.job("ada-1").state()).isEqualTo(JobState.FAILED);
        assertThat(bench.job("ada-1").reason().orElseThrow()).contains("mine");
        assertThat(asked).doesNotContain(LimitCall.Action.HIT);
    }

    @Test
    @Tag("M2")
    @Tag("M4")
    void whatMakesNoSenseIsRefusedWhenItIsSaid() {
        assertThatThrownBy(() -> Limit.perSecond(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limit.per(1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ThrottlesExceptions.after(0, SECOND)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ThrottlesExceptions.after(1, SECOND.negated()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ThrottlesExceptions.after(1, SECOND).backoff(SECOND.negated()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
