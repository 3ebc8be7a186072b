package io.muster.queue.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("J2")
class PrecedenceTest {
    private static final JobOptions NOTHING = JobOptions.DEFAULT;

    @JobName("podcast")
    @JobDefaults(
            connection = "redis",
            queue = "media",
            delay = "PT1S",
            tries = 2,
            timeout = "PT2S",
            backoff = {"PT1S", "PT5S"},
            retryFor = "PT10M",
            maxExceptions = 3,
            onTimeout = JobOptions.OnTimeout.FAIL,
            maxCrashes = 4,
            priority = 5,
            tags = {"a", "b"})
    record Podcast(int tries) implements Dispatchable {
        @Override
        public JobOptions options() {
            return tries == 0 ? NOTHING : NOTHING.withTries(tries);
        }
    }

    @JobName("twice")
    @JobDefaults(tries = {1, 2})
    record TwoTries() {}

    @JobName("below")
    @JobDefaults(backoff = {"PT1S", "-PT1S"})
    record BackoffBelowZero() {}

    @JobName("text")
    @JobDefaults(timeout = "a minute")
    record NoDuration() {}

    @Test
    void theAnnotationSaysEachOption() {
        assertThat(JobType.of(Podcast.class).options())
                .isEqualTo(NOTHING.withConnection("redis")
                        .withQueue("media")
                        .withDelay(Duration.ofSeconds(1))
                        .withTries(2)
                        .withTimeout(Duration.ofSeconds(2))
                        .withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(5))
                        .withRetryFor(Duration.ofMinutes(10))
                        .withMaxExceptions(3)
                        .withOnTimeout(JobOptions.OnTimeout.FAIL)
                        .withMaxCrashes(4)
                        .withPriority(5)
                        .withTags("b", "a"));
    }

    @Test
    void dispatchBeatsTheJobWhichBeatsItsRegistrationWhichBeatsItsAnnotation() {
        JobType<Podcast> annotated = JobType.of(Podcast.class);
        JobType<Podcast> registered = new JobType<>("podcast", Podcast.class, NOTHING.withTries(7));
        Podcast silent = new Podcast(0);
        Podcast speaking = new Podcast(8);

        assertThat(Precedence.atDispatch(NOTHING, silent, annotated).tries()).contains(2);
        assertThat(Precedence.atDispatch(NOTHING, silent, registered).tries()).contains(7);
        assertThat(Precedence.atDispatch(NOTHING, speaking, registered).tries()).contains(8);
        assertThat(Precedence.atDispatch(NOTHING.withTries(9), speaking, registered)
                        .tries())
                .contains(9);
    }

    @Test
    void eachOptionIsLookedUpOnItsOwn() {
        JobOptions merged = Precedence.atDispatch(NOTHING.withPriority(1), new Podcast(8), JobType.of(Podcast.class));

        assertThat(merged.priority()).contains(1);
        assertThat(merged.tries()).contains(8);
        assertThat(merged.queue()).contains("media");
    }

    @Test
    void whatWasPushedBeatsTheTypeHereWhichBeatsThePool() {
        JobType<Podcast> type = JobType.of(Podcast.class);
        JobOptions pool = NOTHING.withTries(50).withTimeout(Duration.ofSeconds(50));
        JobType<TwoTriesLess> plain = new JobType<>("plain", TwoTriesLess.class, NOTHING);

        assertThat(Precedence.atAttempt(NOTHING.withTries(9), type, pool).tries())
                .isEqualTo(9);
        assertThat(Precedence.atAttempt(NOTHING, type, pool).tries()).isEqualTo(2);
        assertThat(Precedence.atAttempt(NOTHING, plain, pool).tries()).isEqualTo(50);
        assertThat(Precedence.atAttempt(NOTHING, plain, pool).timeout()).isEqualTo(Duration.ofSeconds(50));
    }

    record TwoTriesLess() {}

    @Test
    void whatNobodySaysHasItsDefault() {
        AttemptOptions defaults =
                Precedence.atAttempt(NOTHING, new JobType<>("plain", TwoTriesLess.class, NOTHING), NOTHING);

        assertThat(defaults.tries()).isEqualTo(1);
        assertThat(defaults.timeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(defaults.backoffAfter(1)).isZero();
        assertThat(defaults.retryUntil()).isEmpty();
        assertThat(defaults.maxExceptions()).isEmpty();
        assertThat(defaults.onTimeout()).isEqualTo(JobOptions.OnTimeout.RETRY);
    }

    @Test
    void theNearestWordOnTheTimeForRetriesReplacesTheOther() {
        Instant now = Instant.parse("2031-01-01T00:00:00Z");
        JobOptions until = NOTHING.withRetryUntil(now);
        JobOptions during = NOTHING.withRetryFor(Duration.ofSeconds(5));

        assertThat(until.or(during).dispatchedAt(now).retryUntil()).contains(now);
        assertThat(during.or(until).dispatchedAt(now).retryUntil()).contains(now.plusSeconds(5));
        assertThat(during.withRetryUntil(now).retryFor()).isEqualTo(Optional.empty());
    }

    static Stream<Arguments> wrongOptions() {
        return Stream.of(
                wrong("tries must be 0 (without limit) or more, not -1", () -> NOTHING.withTries(-1)),
                wrong("timeout must be positive, not PT0S", () -> NOTHING.withTimeout(Duration.ZERO)),
                wrong(
                        "backoff must not be negative: [PT1S, PT-1S]",
                        () -> NOTHING.withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(-1))),
                wrong("delay must not be negative: PT-1S", () -> NOTHING.withDelay(Duration.ofSeconds(-1))),
                wrong("maxExceptions must be at least 1, not 0", () -> NOTHING.withMaxExceptions(0)),
                wrong("maxCrashes must be at least 1, not 0", () -> NOTHING.withMaxCrashes(0)),
                wrong("priority must be between -1000 and 1000, not 1001", () -> NOTHING.withPriority(1001)),
                wrong("queue must have a name", () -> NOTHING.withQueue(" ")),
                wrong("connection must have a name", () -> NOTHING.withConnection("")),
                wrong("a tag must not be blank", () -> NOTHING.withTags("a", "")));
    }

    private static Arguments wrong(String message, Supplier<JobOptions> options) {
        return Arguments.of(message, options);
    }

    @ParameterizedTest
    @MethodSource("wrongOptions")
    void aWrongOptionIsRefusedWhereItIsSaid(String message, Supplier<JobOptions> options) {
        assertThatThrownBy(options::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aWrongAnnotationIsRefusedAtRegistrationWithItsClass() {
        for (Class<?> wrong : List.of(TwoTries.class, BackoffBelowZero.class, NoDuration.class)) {
            assertThatThrownBy(() -> JobType.of(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("@JobDefaults of " + wrong.getName());
        }
    }
}
