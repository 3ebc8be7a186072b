package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.job.Encrypted;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Encrypted jobs from dispatch to their end, as they are kept and as they run. */
@Tag("J6")
class EncryptedJobsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OLD = EncryptionKeys.generate("old");
    private static final String NEW = EncryptionKeys.generate("new");
    private static final String SECRET = "4929-1234";
    private static final ConcurrentLinkedQueue<String> RAN = new ConcurrentLinkedQueue<>();

    private final String namespace = "encrypted-" + UUID.randomUUID();
    private final String store = "memory:" + namespace;
    private Optional<Queue> opened = Optional.empty();

    @JobName("card.charge")
    record Charge(String run, String card) implements Job, Encrypted {
        @Override
        public void handle(JobContext context) {
            RAN.add(run + card);
        }
    }

    @JobName("card.refund")
    @JobDefaults(encrypted = true)
    record Refund(String run, String card) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add(run + card);
            throw new IllegalStateException("the bank is closed");
        }
    }

    @JobName("card.note")
    record Note(String run, String card) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add(run + card);
        }
    }

    /** What {@link Charge} has become in a newer version. */
    record Changed(long card) {}

    @AfterEach
    void close() {
        opened.ifPresent(Queue::close);
    }

    @Test
    void whatIsKeptShowsNothingAndWhatRunsIsWhatWasDispatched() {
        Queue queue = start(OLD);
        queue.pause("default");
        String marked = queue.push(new Charge(namespace, SECRET));
        String said =
                queue.job(new Note(namespace, SECRET)).encrypted().dispatch().jobId();

        for (String id : List.of(marked, said)) {
            assertThat(kept(queue, id)).doesNotContain(SECRET).contains("\"sealed\"", "\"old\"");
        }
        queue.resume("default");

        awaitRan(2);
    }

    @Test
    void anOldKeyDecryptsAndTheNewOneEncrypts() {
        Queue before = start(OLD);
        before.pause("default");
        String id = before.push(new Charge(namespace, SECRET));
        NewJob pushed = rewritten(before.find(id).orElseThrow(), "again");
        assertThat(kept(before, id)).contains("\"old\"");
        before.close();

        Queue queue = start(NEW + "," + OLD);
        queue.pause("default");
        queue.pushRaw(List.of(new NewJob(
                id,
                "default",
                "card.charge",
                pushed.payload(),
                0,
                Optional.empty(),
                3,
                Optional.empty(),
                Optional.empty())));
        String after = queue.push(new Charge(namespace, SECRET));
        assertThat(kept(queue, after)).contains("\"new\"");
        queue.resume("default");

        awaitRan(2);
    }

    @Test
    void whatWasChangedOrBelongsElsewhereFailsWithTheReasonAndIsKept() {
        Queue queue = start(OLD);
        queue.pause("default");
        StoredJob sound = queue.find(queue.push(new Charge(namespace, SECRET))).orElseThrow();
        String text = new String(sound.payload(), StandardCharsets.UTF_8);
        int box = text.indexOf("\"box\":\"") + 60;
        char other = text.charAt(box) == 'A' ? 'B' : 'A';

        refuses(queue, "card.charge", text.substring(0, box) + other + text.substring(box + 1), "belongs to job");
        String forged = text.replace(sound.id(), "forged");
        queue.pushRaw(List.of(
                job("forged", "card.charge", forged),
                job("other-type", "card.refund", text.replace(sound.id(), "other-type")),
                job(
                        "unknown-key",
                        "card.charge",
                        text.replace("\"old\"", "\"lost\"").replace(sound.id(), "unknown-key")),
                job("plain", "card.charge", "{\"v\":1,\"data\":{\"run\":\"x\",\"card\":\"" + SECRET + "\"}}"),
                job(
                        "no-base64",
                        "card.charge",
                        text.replace("\"box\":\"", "\"box\":\"?").replace(sound.id(), "no-base64"))));
        queue.resume("default");

        awaitRan(1);
        failed(queue, "forged", "it was changed");
        failed(queue, "other-type", "it was changed");
        failed(queue, "unknown-key", "key \"lost\" is not known here");
        failed(queue, "plain", "are encrypted, and this payload is not");
        failed(queue, "no-base64", "it was changed");
        assertThat(RAN.stream().filter(ran -> ran.startsWith(namespace))).hasSize(1);
    }

    @Test
    void aJobThatFailsStaysEncryptedAndRunsAgain() {
        Queue queue = start(OLD);
        String id = queue.push(new Refund(namespace, SECRET));
        await().atMost(PATIENCE).until(() -> queue.failed().find(id).isPresent());

        FailedJob failed = queue.failed().find(id).orElseThrow();
        assertThat(failed.exception()).contains("the bank is closed");
        assertThat(failed.toString()).doesNotContain(SECRET);
        assertThat(kept(queue, id)).doesNotContain(SECRET).contains("\"sealed\"");
        queue.failed().retry(List.of(id));

        awaitRan(2);
    }

    @Test
    void theJobsOfAScheduleAreEncryptedToo() {
        Queue queue = start(OLD);
        queue.schedule("charging").job(new Charge(namespace, SECRET)).monthly().register();
        queue.pause("default");

        String id = queue.schedules().runNow("charging").jobId();

        assertThat(kept(queue, id)).doesNotContain(SECRET).contains("\"sealed\"");
        queue.resume("default");
        awaitRan(1);
    }

    @Test
    void withoutAKeyItIsRefusedAtDispatch() {
        Queue queue = start("");

        assertThatThrownBy(() -> queue.push(new Charge(namespace, SECRET)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("card.charge")
                .hasMessageContaining("muster.keys")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void dataThatDoesNotFitIsNotShown() {
        JobType<Charge> type = JobType.of(Charge.class);
        EncryptionKeys keys = EncryptionKeys.parse(OLD);
        byte[] payload =
                JobEnvelope.write(new Charge("x", SECRET), type.options(), keys, type, PayloadBinding.job("job-1"));
        JobType<Changed> changed = new JobType<>("card.charge", Changed.class, JobOptions.DEFAULT);

        assertThatThrownBy(() ->
                        JobEnvelope.read(payload).opened(keys, changed, "job-1").job(changed))
                .isInstanceOf(PayloadException.class)
                .hasNoCause()
                .hasMessageContaining("Changed[\"card\"]")
                .hasMessageNotContaining(SECRET);
        assertThatThrownBy(() -> JobEnvelope.read(payload).job(type)).hasMessageContaining("is encrypted");
        assertThatThrownBy(() -> JobEnvelope.read(payload).opened(keys, type, "job-10"))
                .hasMessageContaining("belongs to job job-1");
    }

    private void refuses(Queue queue, String type, String payload, String reason) {
        String id = "elsewhere-" + type;
        queue.pushRaw(List.of(job(id, type, payload)));
        queue.resume("default");
        failed(queue, id, reason);
        queue.pause("default");
    }

    private void failed(Queue queue, String id, String reason) {
        await().atMost(PATIENCE).until(() -> queue.find(id).orElseThrow().state() == JobState.FAILED);
        assertThat(queue.failed().find(id).orElseThrow().exception())
                .contains(reason)
                .doesNotContain(SECRET);
    }

    private static NewJob job(String id, String type, String payload) {
        return NewJob.of(id, "default", type, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static NewJob rewritten(StoredJob job, String id) {
        return NewJob.of(id, job.queue(), job.type(), job.payload());
    }

    private static String kept(Queue queue, String id) {
        return new String(queue.find(id).orElseThrow().payload(), StandardCharsets.UTF_8);
    }

    private void awaitRan(int times) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(RAN.stream().filter(ran -> ran.equals(namespace + SECRET)))
                        .hasSize(times));
    }

    private Queue start(String keys) {
        Queue queue = Queue.named(namespace)
                .cluster("local:")
                .store(store)
                .keys(EncryptionKeys.parse(keys))
                .job(Charge.class)
                .job(Refund.class)
                .job(Note.class)
                .start();
        opened = Optional.of(queue);
        return queue;
    }
}
