package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.JobOptions;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Settlement.Failed;
import io.muster.queue.store.Settlement.Outcome;
import io.muster.queue.store.Settlement.Released;
import io.muster.queue.store.Settlement.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");
    private final RuntimeException cause = new IllegalStateException("disk full");

    @Test
    @Tag("J2")
    void byDefaultTheFirstExceptionFailsTheJobWithItsStackTrace() {
        Outcome outcome = Verdict.thrown(cause, AttemptOptions.of(JobOptions.DEFAULT), starts(1), NOW);

        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo("java.lang.IllegalStateException: disk full");
            assertThat(failed.detail()).contains("VerdictTest");
            assertThat(failed.why()).isEqualTo(Why.EXCEPTION);
        });
    }

    @Test
    @Tag("J2")
    void aJobIsTriedAsOftenAsItsTriesSay() {
        AttemptOptions thrice = AttemptOptions.of(JobOptions.DEFAULT.withTries(3));

        assertThat(Verdict.thrown(cause, thrice, starts(2), NOW)).isEqualTo(new Released(Duration.ZERO, Why.EXCEPTION));
        assertThat(Verdict.thrown(cause, thrice, starts(3), NOW)).isInstanceOf(Failed.class);
    }

    @Test
    @Tag("J2")
    void zeroTriesAreWithoutLimit() {
        assertThat(Verdict.thrown(cause, AttemptOptions.of(JobOptions.DEFAULT.withTries(0)), starts(100_000), NOW))
                .isInstanceOf(Released.class);
    }

    @Test
    @Tag("J2")
    void theBackoffGrowsAsListedAndItsLastEntryRepeats() {
        AttemptOptions options = AttemptOptions.of(
                JobOptions.DEFAULT.withTries(0).withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(10)));

        assertThat(delayAfter(new Counters(1, 0, 0, 0, 0, 0), options)).isEqualTo(Duration.ofSeconds(1));
        assertThat(delayAfter(new Counters(2, 0, 1, 0, 0, 0), options)).isEqualTo(Duration.ofSeconds(10));
        assertThat(delayAfter(new Counters(9, 0, 4, 4, 0, 0), options)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @Tag("J2")
    void timeoutsMoveTheBackoffOnAndReleasesDoNot() {
        AttemptOptions options = AttemptOptions.of(
                JobOptions.DEFAULT.withTries(0).withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(10)));

        assertThat(delayAfter(new Counters(3, 0, 0, 1, 0, 0), options)).isEqualTo(Duration.ofSeconds(10));
        assertThat(delayAfter(new Counters(3, 2, 0, 0, 0, 0), options)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    @Tag("J2")
    void retryUntilReplacesTries() {
        AttemptOptions options =
                AttemptOptions.of(JobOptions.DEFAULT.withTries(1).withRetryUntil(NOW.plusSeconds(1)));

        assertThat(Verdict.thrown(cause, options, starts(50), NOW)).isInstanceOf(Released.class);
        assertThat(Verdict.thrown(cause, options, starts(1), NOW.plusSeconds(1)))
                .isInstanceOf(Failed.class);
    }

    @Test
    @Tag("J2")
    void maxExceptionsFailTheJobHoweverManyTriesAreLeft() {
        AttemptOptions options =
                AttemptOptions.of(JobOptions.DEFAULT.withTries(0).withMaxExceptions(2));

        assertThat(Verdict.thrown(cause, options, new Counters(9, 8, 0, 0, 0, 0), NOW))
                .isInstanceOf(Released.class);
        assertThat(Verdict.thrown(cause, options, new Counters(10, 8, 1, 0, 0, 0), NOW))
                .isInstanceOf(Failed.class);
    }

    @Test
    @Tag("K3")
    void aTimeoutUsesATryAndDoesNotCountAsAnException() {
        AttemptOptions options =
                AttemptOptions.of(JobOptions.DEFAULT.withTries(2).withMaxExceptions(1));

        assertThat(Verdict.timedOut(options, starts(1), NOW)).isEqualTo(new Released(Duration.ZERO, Why.TIMEOUT));
        assertThat(Verdict.timedOut(options, starts(2), NOW))
                .isEqualTo(new Failed("Timed out after PT1M", "", Why.TIMEOUT));
    }

    @Test
    @Tag("K3")
    void aTimeoutFailsTheJobAtOnceIfItsOptionsSaySo() {
        AttemptOptions options =
                AttemptOptions.of(JobOptions.DEFAULT.withTries(0).withOnTimeout(JobOptions.OnTimeout.FAIL));

        assertThat(Verdict.timedOut(options, starts(1), NOW)).isInstanceOf(Failed.class);
    }

    @Test
    @Tag("J8")
    void aReleaseUsesUpATry() {
        AttemptOptions twice = AttemptOptions.of(JobOptions.DEFAULT.withTries(2));
        Duration delay = Duration.ofSeconds(7);

        assertThat(Verdict.released(delay, twice, starts(1), NOW)).isEqualTo(new Released(delay, Why.ASKED));
        assertThat(Verdict.released(delay, twice, starts(2), NOW)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).contains("tries were used up").contains("2 of 2");
            assertThat(failed.why()).isEqualTo(Why.ASKED);
        });
    }

    @Test
    @Tag("J8")
    void aReleaseBeyondRetryUntilFailsTheJob() {
        AttemptOptions options = AttemptOptions.of(JobOptions.DEFAULT.withRetryUntil(NOW.plusSeconds(60)));

        assertThat(Verdict.released(Duration.ofSeconds(59), options, starts(9), NOW))
                .isInstanceOf(Released.class);
        assertThat(Verdict.released(Duration.ofSeconds(60), options, starts(9), NOW))
                .isInstanceOf(Failed.class);
    }

    @Test
    @Tag("J8")
    void aJobHeldBackUsesNoTryHoweverFewItHas() {
        AttemptOptions once = AttemptOptions.of(JobOptions.DEFAULT.withTries(1));
        Duration delay = Duration.ofSeconds(7);

        assertThat(Verdict.held(delay, once, NOW)).isEqualTo(new Released(delay, Why.HELD));
    }

    @Test
    @Tag("J8")
    void aJobHeldBackBeyondItsRetryUntilFails() {
        AttemptOptions options = AttemptOptions.of(JobOptions.DEFAULT.withRetryUntil(NOW.plusSeconds(60)));

        assertThat(Verdict.held(Duration.ofSeconds(59), options, NOW)).isInstanceOf(Released.class);
        assertThat(Verdict.held(Duration.ofSeconds(60), options, NOW)).isInstanceOf(Failed.class);
    }

    @Test
    @Tag("J8")
    void aLongStackTraceIsCutOff() {
        StackTraceElement[] deep = new StackTraceElement[5_000];
        Arrays.fill(deep, new StackTraceElement("some.Type", "method", "Type.java", 1));
        RuntimeException deepest = new IllegalStateException("deep");
        deepest.setStackTrace(deep);

        assertThat(Verdict.failed(deepest).detail()).hasSize(16_001).endsWith("…");
    }

    private Duration delayAfter(Counters counters, AttemptOptions options) {
        return ((Released) Verdict.thrown(cause, options, counters, NOW)).delay();
    }

    private static Counters starts(int starts) {
        return new Counters(starts, 0, 0, 0, 0, 0);
    }
}
