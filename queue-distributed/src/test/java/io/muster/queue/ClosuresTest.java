package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.closure.Action;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.failed.FailedFilter;
import io.muster.queue.job.JobContext;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Code that is dispatched by name: what runs, and what is refused when. */
@Tag("J7")
class ClosuresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String KEY = EncryptionKeys.generate("one");
    private static final ConcurrentLinkedQueue<String> RAN = new ConcurrentLinkedQueue<>();

    private final String run = "closures-" + UUID.randomUUID();
    private Optional<Queue> opened = Optional.empty();

    /** Data of a class of its own. */
    record Period(int year, String half) {}

    static final class Reports {
        static void rebuild(String run, Period period) {
            RAN.add(run + " rebuilt " + period.year() + period.half());
        }

        static void unknown(String run) {
            RAN.add(run + " is not registered");
        }

        void send(String run) {
            RAN.add(run + " sent");
        }
    }

    @AfterEach
    void close() {
        opened.ifPresent(Queue::close);
    }

    @Test
    void aReferenceToARegisteredMethodRunsByItsName() {
        Queue queue = start();
        Reports reports = new Reports();

        String id = queue.push(queue.closures().of(Reports::rebuild, run, new Period(2026, "b")));
        queue.push(queue.closures().of(reports::send, run));

        awaitRan(run + " rebuilt 2026b", run + " sent");
        assertThat(queue.find(id).orElseThrow().type()).isEqualTo("muster.closure");
    }

    @Test
    void aNamedLambdaRunsWithItsArgumentsAndItsContext() {
        Queue queue = start();

        queue.job(queue.closures().named("add", run, 7L)).onQueue("default").dispatch();

        awaitRan(run + " 7 at try 1");
    }

    @Test
    void whatItIsCaughtByRunsWhenItFailsForGood() {
        Queue queue = start();

        String id = queue.push(queue.closures().named("explode", run).catching("caught"));

        awaitRan("caught: " + run + " exploded");
        await().atMost(PATIENCE).until(() -> queue.find(id).orElseThrow().state() == JobState.FAILED);
    }

    @Test
    void aLambdaIsRefusedWithTheRemedy() {
        Queue queue = start();
        String captured = run;

        assertThatThrownBy(() -> queue.closures().of(() -> RAN.add(captured)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stays in this process")
                .hasMessageContaining("QueueBuilder.closure")
                .hasMessageContaining("pass what the lambda captures as arguments");
        assertThatThrownBy(() -> queue.closures().of(Reports::unknown, run))
                .hasMessageContaining("Reports::unknown")
                .hasMessageContaining("not registered");
        assertThatThrownBy(() -> queue.closures().of(new Action.None() {
                    @Override
                    public void run() {}
                }))
                .hasMessageContaining("neither a lambda nor a reference");
    }

    @Test
    void whatDoesNotFitTheCodeIsRefusedAtDispatch() {
        Queue queue = start();

        assertThatThrownBy(() -> queue.closures().named("add", run, 7))
                .hasMessageContaining("Argument 2 of closure \"add\" is a java.lang.Long, not a java.lang.Integer");
        assertThatThrownBy(() -> queue.closures().named("add", run)).hasMessageContaining("takes 2 arguments, not 1");
        assertThatThrownBy(() -> queue.closures().named("ad", run)).hasMessageContaining("No closure \"ad\"");
        assertThatThrownBy(() -> queue.closures().named("add", run, 7L).catching("add"))
                .hasMessageContaining("takes nothing or a Throwable");
        assertThatThrownBy(() -> Queue.named("x").closure("loose", given -> RAN.add("" + given)))
                .hasMessageContaining("does not say what argument 1 is");
        assertThatThrownBy(() -> Queue.named("x").closure("two", () -> {}).closure("two", () -> {}))
                .hasMessageContaining("Two closures");
    }

    @Test
    void withoutAKeyNothingIsSigned() {
        Queue queue = opened(Queue.named(run).cluster("local:").closure("add", ClosuresTest::add));

        assertThatThrownBy(() -> queue.closures().named("add", run, 7L)).hasMessageContaining("muster.keys");
    }

    @Test
    void whatWasChangedOrIsUnknownWhereItRunsFailsAtOnceWithTheReason() {
        Queue queue = start();
        queue.pause("default");
        String sound = new String(
                queue.find(queue.push(queue.closures().named("add", run, 7L).catching("caught")))
                        .orElseThrow()
                        .payload(),
                StandardCharsets.UTF_8);
        Queue other = Queue.named("dispatcher-" + run)
                .cluster("local:")
                .keys(EncryptionKeys.parse(KEY))
                .closure("elsewhere", () -> {})
                .closure("add", (String only) -> {})
                .connect();
        try {
            queue.push(other.closures().named("elsewhere"));
            queue.push(other.closures().named("add", run));
        } finally {
            other.close();
        }
        queue.pushRaw(List.of(
                job("arguments", sound.replace(",7]", ",8]")),
                job("target", sound.replace("\"target\":\"add\"", "\"target\":\"add2\"")),
                job("catching", sound.replace("\"catching\":\"caught\"", "\"catching\":\"\"")),
                job("signature", sound.replace("\"signature\":\"one:", "\"signature\":\"two:"))));
        queue.resume("default");

        awaitRan(run + " 7 at try 1");
        failed(queue, "arguments", "its signature does not fit");
        failed(queue, "target", "its signature does not fit");
        failed(queue, "catching", "its signature does not fit");
        failed(queue, "signature", "key \"two\" is not known here");
        await().atMost(PATIENCE).until(() -> queue.failed().count() == 6);
        assertThat(queue.failed().list(FailedFilter.ALL, Optional.empty(), 10).jobs())
                .extracting(failed -> failed.exception())
                .anyMatch(reason -> reason.contains("No closure \"elsewhere\" is registered here"))
                .anyMatch(reason ->
                        reason.contains("[java.lang.String, java.lang.Long] here, and [java.lang.String] where"));
        assertThat(RAN).noneMatch(ran -> ran.contains(run + " 8"));
        assertThat(RAN).noneMatch(ran -> ran.startsWith("caught: ") && ran.contains(run));
    }

    private static void add(String run, Long number, JobContext context) {
        RAN.add(run + " " + number + " at try " + context.attempt());
    }

    private Queue start() {
        Reports reports = new Reports();
        return opened(Queue.named(run)
                .cluster("local:")
                .keys(EncryptionKeys.parse(KEY))
                .closure("rebuild", Reports::rebuild)
                .closure("send", reports::send)
                .closure("add", ClosuresTest::add)
                .closure("explode", (String text) -> {
                    throw new IllegalStateException(text + " exploded");
                })
                .closure("caught", (Throwable cause) -> RAN.add("caught: " + cause.getMessage())));
    }

    private Queue opened(QueueBuilder builder) {
        Queue queue = builder.start();
        opened = Optional.of(queue);
        return queue;
    }

    private static NewJob job(String id, String payload) {
        return NewJob.of(id, "default", "muster.closure", payload.getBytes(StandardCharsets.UTF_8));
    }

    private static void failed(Queue queue, String id, String reason) {
        await().atMost(PATIENCE).until(() -> queue.find(id).orElseThrow().state() == JobState.FAILED);
        assertThat(queue.failed().find(id).orElseThrow().exception()).contains(reason);
    }

    private static void awaitRan(String... lines) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(RAN).contains(lines));
    }
}
