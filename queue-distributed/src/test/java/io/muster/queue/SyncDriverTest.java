package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.job.AttemptFailedException;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Encrypted;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.SkipIfBatchCancelled;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.UniqueKey;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver that runs jobs in their caller. */
@Timeout(60)
class SyncDriverTest {
    private static final List<String> RAN = new CopyOnWriteArrayList<>();
    private static final ThreadLocal<Connection> HERE = new ThreadLocal<>();

    private final Connections connections = open(SystemTimeline.instance(), Map.of());
    private final Connection sync = connections.on("sync");

    /** Does what its word says. */
    record Step(String word) implements Job {
        @Override
        public void handle(JobContext context) throws Exception {
            RAN.add(word
                    + context.failure().map(failure -> ": " + failure.reason()).orElse(""));
            if (word.startsWith("break")) {
                throw new IllegalStateException(word + " broke");
            }
            switch (word) {
                case "checked" -> throw new IOException("no disk");
                case "release" -> context.release(Duration.ofSeconds(5));
                case "delete" -> context.delete();
                case "cancel" -> context.batch().cancel();
                case "add" -> context.batch().add(new Step("added one"), new Step("added two"));
                case "append" -> context.chain().append(new Step("appended"));
                default -> {}
            }
        }

        @Override
        public void failed(Throwable cause) {
            RAN.add(word + " failed");
        }

        @Override
        public List<Middleware> middleware() {
            return word.equals("skipped") ? List.of(new SkipIfBatchCancelled()) : List.of();
        }
    }

    /** Dispatches another of its kind while it runs. */
    record Nested(int depth, UniqueKey.Until until) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add("depth " + depth);
            Dispatched inner = HERE.get()
                    .job(new Nested(depth + 1, until))
                    .unique()
                    .uniqueUntilProcessing()
                    .options(said -> said.withUniqueUntil(until))
                    .dispatchIf(depth == 0)
                    .orElseGet(() -> new Dispatched.RanHere(""));
            inner.holder().ifPresent(holder -> RAN.add("held by itself: " + holder.equals(context.jobId())));
        }
    }

    record Alone(String account) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(WithoutOverlapping.on(account));
        }

        @Override
        public void handle(JobContext context) {
            RAN.add("alone " + account);
            if (account.equals("nested")) {
                HERE.get().push(new Alone(account));
            }
        }
    }

    record Limited() implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(RateLimited.by("pair"));
        }

        @Override
        public void handle(JobContext context) {
            RAN.add("limited");
        }
    }

    record Flaky(boolean works) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(ThrottlesExceptions.after(2, Duration.ofMinutes(5)));
        }

        @Override
        public void handle(JobContext context) throws IOException {
            RAN.add("flaky");
            if (!works) {
                throw new IOException("the service is down");
            }
        }
    }

    record Tagged() implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add(context.tags() + " " + context.timeout() + " " + context.attempt() + " " + context.fencingToken());
        }
    }

    record Secret(String card) implements Job, Encrypted {
        @Override
        public void handle(JobContext context) {
            RAN.add("charged " + card);
        }
    }

    record Elsewhere(String what) {}

    private static Connections open(Timeline timeline, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("muster.namespace", "sync-" + UUID.randomUUID());
        settings.put("muster.connection", "sync");
        settings.put("muster.keys", EncryptionKeys.generate("first"));
        return Connections.of(settings)
                .timeline(timeline)
                .each(queue -> queue.job("step", Step.class)
                        .job("nested", Nested.class)
                        .job("alone", Alone.class)
                        .job("limited", Limited.class)
                        .job("flaky", Flaky.class)
                        .job("tagged", Tagged.class)
                        .job("secret", Secret.class)
                        .type("elsewhere", Elsewhere.class)
                        .limiter("pair", Limit.perMinute(2))
                        .middleware(invocation -> {
                            if (invocation.job() instanceof Step step
                                    && step.word().equals("wrapped")) {
                                RAN.add("around");
                            }
                            invocation.proceed();
                        }))
                .open();
    }

    @BeforeEach
    void begin() {
        RAN.clear();
        HERE.set(sync);
    }

    @AfterEach
    void close() {
        HERE.remove();
        connections.close();
    }

    @Test
    @Tag("Q2")
    @Tag("J3")
    void aJobHasRunWhenItsDispatchReturnsWhateverItsDelay() {
        Dispatched dispatched =
                sync.job(new Step("one")).delay(Duration.ofDays(1)).dispatch();
        sync.laterOn("side", Duration.ofHours(1), new Step("two"));

        assertThat(RAN).containsExactly("one", "two");
        assertThat(dispatched.holder()).isEmpty();
    }

    @Test
    @Tag("Q2")
    void anAttemptIsToldWhatWasSaidOfTheJob() {
        sync.job(new Tagged()).tags("a").timeout(Duration.ofSeconds(7)).tries(5).dispatch();

        assertThat(RAN).containsExactly("[a] PT7S 1 0");
    }

    @Test
    @Tag("Q2")
    void aJobIsTriedOnceAndItsFailureIsTheCallers() {
        assertThatThrownBy(() -> sync.job(new Step("break")).tries(5).dispatch())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("break broke");

        assertThat(RAN).containsExactly("break", "break failed");
    }

    @Test
    @Tag("Q2")
    void whatAsksToRunAgainLaterFailsAsNothingKeepsIt() {
        assertThatThrownBy(() -> sync.push(new Step("release")))
                .isInstanceOf(AttemptFailedException.class)
                .hasMessageContaining("nothing keeps it");

        assertThat(RAN).containsExactly("release", "release failed");
    }

    @Test
    @Tag("J6")
    void anEncryptedJobRuns() {
        sync.push(new Secret("4929"));

        assertThat(RAN).containsExactly("charged 4929");
    }

    @Test
    @Tag("M1")
    void middlewareStandsAroundIt() {
        sync.push(new Step("wrapped"));

        assertThat(RAN).containsExactly("around", "wrapped");
    }

    @Test
    @Tag("M2")
    void aLimitIsForTheJobsOfThisProcess() {
        sync.push(new Limited());
        sync.push(new Limited());

        assertThatThrownBy(() -> sync.push(new Limited())).hasMessageContaining("held back");
        assertThat(RAN).containsExactly("limited", "limited");
    }

    @Test
    @Tag("M4")
    void aJobThatWouldWaitAfterExceptionsFails() {
        assertThatThrownBy(() -> sync.push(new Flaky(false))).hasRootCauseMessage("the service is down");
        assertThatThrownBy(() -> sync.push(new Flaky(false))).hasRootCauseMessage("the service is down");

        assertThatThrownBy(() -> sync.push(new Flaky(true))).hasMessageContaining("held back");
        assertThat(RAN).containsExactly("flaky", "flaky");
    }

    @Test
    @Tag("J5")
    void aUniqueJobIsNotDispatchedWhileAnotherRuns() {
        sync.job(new Nested(0, UniqueKey.Until.SETTLED)).unique().dispatch();

        assertThat(RAN).containsExactly("depth 0", "held by itself: true");
    }

    @Test
    @Tag("J5")
    void oneThatIsUniqueUntilProcessingIs() {
        sync.job(new Nested(0, UniqueKey.Until.PROCESSING))
                .unique()
                .uniqueUntilProcessing()
                .dispatch();

        assertThat(RAN).containsExactly("depth 0", "depth 1");
    }

    @Test
    @Tag("J5")
    void aKeyForACoordinatorThatIsNotKnownHereIsHeldInThisProcess() {
        sync.job(new Nested(0, UniqueKey.Until.SETTLED))
                .unique()
                .uniqueVia("nobody")
                .dispatch();

        assertThat(RAN).containsExactly("depth 0", "held by itself: true");
    }

    @Test
    @Tag("J5")
    void aUniqueKeyIsFreeAfterTheJobAlsoIfItFailed() {
        assertThatThrownBy(() -> sync.job(new Step("break")).unique().dispatch())
                .hasMessage("break broke");
        Dispatched again = sync.job(new Step("one")).unique().dispatch();
        Dispatched andAgain = sync.job(new Step("two")).unique().dispatch();

        assertThat(again.holder()).isEmpty();
        assertThat(andAgain.holder()).isEmpty();
        assertThat(RAN).endsWith("one", "two");
    }

    @Test
    @Tag("M3")
    void aJobThatMustNotOverlapFailsWhileTheKeyIsHeldAndRunsAfterwards() {
        assertThatThrownBy(() -> sync.push(new Alone("nested")))
                .isInstanceOf(AttemptFailedException.class)
                .hasMessageContainingAll("holds the key", "nothing keeps it");
        sync.push(new Alone("other"));
        sync.push(new Alone("other"));

        assertThat(RAN).containsExactly("alone nested", "alone other", "alone other");
    }

    @Test
    @Tag("F2")
    void eventsTellOfIt() {
        List<QueueEvent> events = new CopyOnWriteArrayList<>();
        sync.on(QueueEvent.class, events::add);

        sync.push(new Step("one"));
        assertThatThrownBy(() -> sync.push(new Step("break"))).hasMessage("break broke");

        await().until(() -> events.size() >= 5);
        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("BeforeJob", "AfterJob", "BeforeJob", "ExceptionOccurred", "JobFailed");
        assertThat(((QueueEvent.AfterJob) events.get(1)).job().payload())
                .asString()
                .contains("one");
    }

    @Test
    @Tag("Q2")
    void whatHasNoHandlerHereIsRefusedAndInAChainFailsIt() {
        assertThatThrownBy(() -> sync.push(new Elsewhere("x"))).hasMessageContaining("no handler here");
        assertThatThrownBy(() -> sync.chain(new Step("one"), new Elsewhere("x"), new Step("never"))
                        .catching(new Step("caught"))
                        .dispatch())
                .hasMessageContaining("no handler here");

        assertThat(RAN).hasSize(2).startsWith("one");
    }

    @Test
    @Tag("Q2")
    void nullRefusesChainsAndBatches() {
        assertThatThrownBy(() -> connections.on("null").chain(new Step("one")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("drops jobs");
        assertThatThrownBy(() -> connections.on("null").batch("one")).hasMessageContaining("drops jobs");
        connections.on("null").push(new Step("one"));

        assertThat(RAN).isEmpty();
    }

    @Test
    @Tag("J3")
    void severalThreadsRunTheirJobsThemselves() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            String name = "thread " + i;
            Timeline.Task unused = SystemTimeline.instance().start(name, () -> {
                Batch batch =
                        sync.batch(name).add(new Step(name), new Step(name)).dispatch();
                RAN.add(batch.name() + " " + batch.progress());
                done.countDown();
            });
        }

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(RAN).hasSize(12);
    }
}
