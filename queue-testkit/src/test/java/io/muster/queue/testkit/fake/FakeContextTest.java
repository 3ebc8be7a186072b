package io.muster.queue.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.MissingRefException;
import io.muster.queue.job.Ref;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("T1")
class FakeContextTest {
    private final FakeContext context = FakeContext.create();

    record Poll(int patience) implements Job {
        @Override
        public void handle(JobContext context) {
            if (context.attempt() > patience) {
                context.fail("gave up");
            } else {
                context.release(Duration.ofSeconds(30));
            }
        }
    }

    record Podcast(String title) {}

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessage(message);
    }

    @Test
    void aReleaseIsSeenWithItsDelay() {
        new Poll(2).handle(context.attempt(2));

        context.assertReleased()
                .assertReleased(Duration.ofSeconds(30))
                .assertNotFailed()
                .assertNotDeleted();
        fails(
                () -> context.assertReleased(Duration.ofSeconds(31)),
                "Expected the job to be released for PT31S, but it was not.\nThis was asked for:\n  release after PT30S");
        fails(
                context::assertNotReleased,
                "Expected the job not to be released, but it was.\nThis was asked for:\n  release after PT30S");
        fails(
                context::assertFailed,
                "Expected the job to be failed, but it was not.\nThis was asked for:\n  release after PT30S");
        fails(
                context::assertNothingAsked,
                "Expected the handler to ask for nothing, but it did.\nThis was asked for:\n  release after PT30S");
    }

    @Test
    void aFailureIsSeenWithItsReason() {
        new Poll(2).handle(context.attempt(3));

        context.assertFailed().assertFailedWith("gave up").assertNotReleased();
        fails(
                () -> context.assertFailedWith("other"),
                "Expected the job to be failed with \"other\", but it was not.\nThis was asked for:\n  fail: gave up");
        fails(
                () -> context.assertFailedWith(IOException.class),
                "Expected the job to be failed with a IOException, but it was not.\nThis was asked for:\n  fail: gave up");
        assertThatThrownBy(context::assertNotFailed).isInstanceOf(AssertionError.class);
        assertThatThrownBy(context::assertDeleted).isInstanceOf(AssertionError.class);
    }

    @Test
    void aFailureIsSeenWithItsCause() {
        context.fail(new IOException("no route"));

        context.assertFailedWith(IOException.class).assertFailedWith("no route");
    }

    @Test
    void aDeletionIsSeen() {
        context.delete("not wanted");

        context.assertDeleted().assertNotFailed();
        fails(
                context::assertNotDeleted,
                "Expected the job not to be deleted, but it was.\nThis was asked for:\n  delete: not wanted");
    }

    @Test
    void theLastWordCounts() {
        context.release();
        context.fail();

        context.assertFailed().assertNotReleased();
        fails(
                context::assertReleased,
                "Expected the job to be released, but it was not.\n"
                        + "These 2 were asked for:\n  release after PT0S\n  fail: failed by its handler");
    }

    @Test
    void aHandlerThatAsksForNothingCompletes() {
        context.progress(70);

        context.assertNothingAsked().assertNotFailed().assertNotReleased().assertNotDeleted();
        assertThat(context.progress()).isEqualTo(70);
        fails(context::assertReleased, "Expected the job to be released, but it was not.\nNothing was asked for.");
    }

    @Test
    void aReleaseToAMomentCountsFromNow() {
        Instant now = Instant.parse("2030-01-01T12:00:00Z");

        context.now(now).release(now.plusSeconds(90));

        context.assertReleased(Duration.ofSeconds(90));
    }

    @Test
    void theHandlerIsToldWhatTheTestSays() {
        context.jobId("j1")
                .queue("media")
                .type("poll")
                .tags("a")
                .crashes(2)
                .pushedAt(Instant.MAX)
                .fencingToken(9)
                .timeout(Duration.ofSeconds(3))
                .notOwner()
                .supply(String.class, "supplied")
                .resolve(Podcast.class, id -> id.equals("7") ? Optional.of(new Podcast("seven")) : Optional.empty());

        assertThat(context.jobId()).isEqualTo("j1");
        assertThat(context.queue()).isEqualTo("media");
        assertThat(context.type()).isEqualTo("poll");
        assertThat(context.tags()).containsExactly("a");
        assertThat(context.crashes()).isEqualTo(2);
        assertThat(context.pushedAt()).isEqualTo(Instant.MAX);
        assertThat(context.fencingToken()).isEqualTo(9);
        assertThat(context.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(context.isOwner()).isFalse();
        assertThat(context.<String>get(String.class)).isEqualTo("supplied");
        assertThat(context.resolve(Ref.of(Podcast.class, 7)).title()).isEqualTo("seven");
        assertThatThrownBy(() -> context.resolve(Ref.of(Podcast.class, 8))).isInstanceOf(MissingRefException.class);
    }

    @Test
    void whatTheTestForgotToSayIsNamed() {
        assertThatThrownBy(() -> context.get(Integer.class)).hasMessageContaining("supply(Integer.class");
        assertThatThrownBy(() -> context.resolve(Ref.of(Podcast.class, 7)))
                .hasMessageContaining("resolve(Podcast.class");
        assertThatThrownBy(() -> context.release(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> context.progress(101)).isInstanceOf(IllegalArgumentException.class);
    }
}
