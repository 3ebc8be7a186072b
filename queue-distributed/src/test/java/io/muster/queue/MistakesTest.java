package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user's mistake gets a clear error at the earliest moment: what was wrong, and what to do. */
@Timeout(60)
class MistakesTest {
    private static final Duration PAST = Duration.ofSeconds(-1);

    private final Queue queue = builder().start();

    @JobName("mail")
    record Mail(String to) implements Job {
        @Override
        public void handle(JobContext context) {}
    }

    @JobName("carries-object")
    record CarriesObject(Object what) implements Job {
        @Override
        public void handle(JobContext context) {}
    }

    @JobName("hides-its-data")
    static final class HidesItsData implements Job {
        private final transient String data;

        HidesItsData(String data) {
            this.data = data;
        }

        @Override
        public void handle(JobContext context) {
            throw new IllegalStateException(data);
        }
    }

    record Unnamed(int id) {}

    @JobName("nobody-registered")
    record NotRegistered(int id) implements Job {
        @Override
        public void handle(JobContext context) {}
    }

    @JobName("wants-batch")
    record WantsBatch(int id) implements Job {
        @Override
        public void handle(JobContext context) {
            context.batch().cancel();
        }
    }

    @JobName("bad-backoff")
    @JobDefaults(backoff = "-PT1S")
    record BadBackoff(int id) implements Job {
        @Override
        public void handle(JobContext context) {}
    }

    private static QueueBuilder builder() {
        return Queue.named("mistakes-" + UUID.randomUUID())
                .job(Mail.class)
                .job(CarriesObject.class)
                .job(HidesItsData.class)
                .job(WantsBatch.class);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(RuntimeException.class);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private void assertNothingWasPushed() {
        assertThat(queue.totals().total()).isZero();
    }

    @Test
    @Tag("J1")
    void aJobThatCannotBeWrittenIsRefusedWhenItIsPushed() {
        refused(() -> queue.push(new CarriesObject(new Object())))
                .isInstanceOf(PayloadException.class)
                .hasMessageStartingWith("Job class " + CarriesObject.class.getName() + " cannot be written as JSON: ");
        assertNothingWasPushed();
    }

    @Test
    @Tag("J1")
    void aJobThatCannotBeReadBackIsRefusedWhenItIsPushed() {
        refused(() -> queue.push(new HidesItsData("x")))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining(HidesItsData.class.getName());
        assertNothingWasPushed();
    }

    @Test
    @Tag("J1")
    void aJobWhoseTypeIsNotRegisteredIsRefusedBeforeAnythingElse() {
        refused(() -> queue.push(new NotRegistered(1)))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("Job class " + NotRegistered.class.getName())
                .hasMessageContaining("register");
        refused(() -> queue.chain(new Mail("ada"), new NotRegistered(1)).dispatch())
                .hasMessageContaining(NotRegistered.class.getName());
        refused(() -> queue.batch("letters").add(new NotRegistered(1)).dispatch())
                .hasMessageContaining(NotRegistered.class.getName());
        assertNothingWasPushed();
    }

    @Test
    @Tag("J1")
    void twoHandlersAreRefusedWhenTheSecondIsRegistered() {
        refused(() -> builder().handle("mail", String.class, (text, context) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Job type \"mail\" is registered twice, for " + Mail.class.getName()
                                + " and java.lang.String; a type has one class and one handler: leave one out, or name it otherwise");
        refused(() -> builder()
                        .handle("mail.one", Unnamed.class, (job, context) -> {})
                        .handle("mail.two", Unnamed.class, (job, context) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Job class " + Unnamed.class.getName()
                                + " is registered twice, as \"mail.one\" and as \"mail.two\"; a class has one type and one handler: leave one out");
    }

    @Test
    @Tag("S1")
    void aBadCronExpressionIsRefusedWhenItIsSaid() {
        String form =
                "It needs five fields: minute (0-59) hour (0-23) day-of-month (1-31) month (1-12) day-of-week (0-7)";
        for (String bad : List.of("61 * * * *", "* * * *", "0 0 31 2 *", "every day")) {
            refused(() -> queue.schedule("nightly").job(new Mail("ada")).cron(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Bad cron expression \"" + bad + "\": ")
                    .hasMessageContaining(form);
        }
        assertThat(queue.schedules().list()).isEmpty();
    }

    @Test
    @Tag("J2")
    void aBackoffBelowZeroIsRefusedWhereItIsSaid() {
        refused(() -> queue.job(new Mail("ada")).backoff(PAST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backoff must not be negative: [PT-1S]");
        refused(() -> JobOptions.DEFAULT.withBackoff(Duration.ZERO, PAST)).hasMessageContaining("[PT0S, PT-1S]");
        refused(() -> PoolOptions.of("default").withBackoff(PAST)).hasMessageContaining("backoff must not be negative");
        refused(() -> builder().job(BadBackoff.class))
                .hasMessage(
                        "@JobDefaults of " + BadBackoff.class.getName() + ": backoff must not be negative: [PT-1S]");
        assertNothingWasPushed();
    }

    @Test
    @Tag("W1")
    void aChainOfNothingIsRefusedWhenItIsBegun() {
        refused(() -> queue.chain())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A chain needs a job at least");
        refused(() -> queue.batch("letters").addChain())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A chain needs a job at least");
    }

    @Test
    @Tag("J2")
    void anUnknownConnectionIsRefusedWithTheOneThatThereIs() {
        refused(() -> queue.job(new Mail("ada")).onConnection("elsewhere").dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown queue connection \"elsewhere\" for job class " + Mail.class.getName()
                        + "; there is \"default\"");
        refused(() -> queue.chain(new Mail("ada")).onConnection("elsewhere").dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Unknown queue connection \"elsewhere\"");
        assertNothingWasPushed();
    }

    @Test
    @Tag("W2")
    void aJobThatWantsItsBatchOutsideOfOneFailsWithWhatToDo() {
        String id = queue.push(new WantsBatch(1));

        String reason = await().atMost(Duration.ofSeconds(30))
                .until(() -> queue.find(id).flatMap(StoredJob::reason), java.util.Optional::isPresent)
                .orElseThrow();
        assertThat(reason)
                .isEqualTo(
                        "java.lang.IllegalStateException: Job " + id + " of type \"wants-batch\" belongs to no batch;"
                                + " dispatch it by Queue.batch, or ask isInBatch first");
    }
}
