package io.muster.queue.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What registration makes of classes and their annotations. */
@Tag("J1")
class DeclaredTest {
    @JobName("podcast.process")
    @DiscardOn(UncheckedIOException.class)
    record Podcast(long id) {}

    record Nameless(int number) implements Job {
        @Override
        public void handle(JobContext context) {}
    }

    abstract static class Unfinished {}

    /** Carries the test with it. */
    final class Inner {
        boolean knowsItsTest() {
            return DeclaredTest.this.hashCode() != 0;
        }
    }

    static final class Counting implements Handler<Podcast> {
        static final AtomicInteger MADE = new AtomicInteger();

        private Counting() {
            MADE.incrementAndGet();
        }

        @Override
        public void handle(Podcast job, JobContext context) {}
    }

    record Needy(String what) implements Handler<Podcast> {
        @Override
        public void handle(Podcast job, JobContext context) {}
    }

    static final class NeedyFactory implements HandlerFactory {
        @Override
        public <T> T get(Class<T> type) {
            return type.cast(new Needy("something"));
        }
    }

    @Test
    void theAnnotationNamesTheType() {
        assertThat(JobType.of(Podcast.class).name()).isEqualTo("podcast.process");
    }

    @Test
    void aClassWithoutANameIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> JobType.of(Nameless.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Nameless.class.getName())
                .hasMessageContaining("@JobName");
    }

    @Test
    void twoNamesForOneClassAreRefused() {
        assertThatThrownBy(() -> JobType.of("podcasts", Podcast.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"podcasts\"")
                .hasMessageContaining("\"podcast.process\"");
    }

    @Test
    void whatCannotBeReadFromAPayloadIsRefusedAtRegistration() {
        for (Class<?> wrong : new Class<?>[] {
            Unfinished.class,
            Job.class,
            Inner.class,
            new Object() {}.getClass(),
            int.class,
            ((Job) context -> {}).getClass()
        }) {
            assertThatThrownBy(() -> JobType.of("wrong", wrong))
                    .as(wrong.getName())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.getName());
        }
    }

    @Test
    void twoHandlersForOneClassAreRefused() {
        JobTypes.Builder builder = JobTypes.builder().registerItself(JobType.of("once", Nameless.class));

        assertThatThrownBy(() -> builder.register(JobType.of("again", Nameless.class), (job, context) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registered twice");
    }

    @Test
    @Tag("J10")
    void aTypeIsDiscardedOnWhatItsClassNamesAndOnNothingElse() {
        JobType<Podcast> type = JobType.of(Podcast.class);

        assertThat(type.discards(new UncheckedIOException(new IOException("gone"))))
                .isTrue();
        assertThat(type.discards(new IOException("gone"))).isFalse();
        assertThat(JobType.of("plain", Nameless.class).discards(new UncheckedIOException(new IOException("gone"))))
                .isFalse();
    }

    @Test
    void aHandlerRegisteredByItsClassIsMadeForEachAttempt() {
        JobType<Podcast> type = JobType.of(Podcast.class);
        JobTypes types = JobTypes.builder().register(type, Counting.class).build();
        int before = Counting.MADE.get();

        assertThat(types.handler(type)).isNotSameAs(types.handler(type));

        assertThat(Counting.MADE).hasValue(before + 2);
    }

    @Test
    void aHandlerThatCannotBeMadeIsRefusedUnlessThereIsAFactory() {
        JobTypes.Builder builder = JobTypes.builder().register(JobType.of(Podcast.class), Needy.class);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Needy.class.getName())
                .hasMessageContaining("factory");
        JobSupplies supplies = new JobSupplies(new NeedyFactory(), List.of(), Map.of(), Map.of());
        assertThat((Object) builder.supplies(supplies).build().handler(JobType.of(Podcast.class)))
                .isEqualTo(new Needy("something"));
    }

    @Test
    void whatNothingFindsAReferenceForSaysSo() {
        assertThatThrownBy(() -> JobSupplies.NONE.resolve(Ref.of(Podcast.class, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Podcast.class.getName())
                .hasMessageContaining("resolver");
    }

    @Test
    @Tag("J3")
    void onlyASelfHandlingJobWithoutANameIsNotForAQueue() {
        JobTypes none = JobTypes.builder().build();
        JobTypes registered = JobTypes.builder()
                .registerItself(JobType.of("x", Nameless.class))
                .build();

        assertThat(none.isQueueable(new Nameless(1))).isFalse();
        assertThat(registered.isQueueable(new Nameless(1))).isTrue();
        assertThat(none.isQueueable(new Podcast(1))).isTrue();
        assertThat(none.isQueueable("text")).isTrue();
    }
}
