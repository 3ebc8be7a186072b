package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.Queue;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Encrypted;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Encrypted jobs on stores that are servers. */
@Tag("J6")
class EncryptedJobsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "4929-1234";
    private static final ConcurrentLinkedQueue<String> RAN = new ConcurrentLinkedQueue<>();

    @JobName("card.charge")
    record Charge(String run, String card) implements Job, Encrypted {
        @Override
        public void handle(JobContext context) {
            RAN.add(run + card);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "POSTGRES"})
    void theServerKeepsWhatNobodyReadsAndWhatBelongsToAnotherJobFails(ServerKind kind) {
        Optional<LocalServer> server = SharedServers.get(kind);
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        String run = "enc-" + UUID.randomUUID().toString().substring(0, 8);
        try (Queue queue = Queue.named(run)
                .cluster("local:")
                .store(server.get().uri().toString())
                .keys(EncryptionKeys.parse(EncryptionKeys.generate("one")))
                .job(Charge.class)
                .start()) {
            queue.pause("default");
            String id = queue.push(new Charge(run, SECRET));
            byte[] payload = queue.find(id).orElseThrow().payload();
            queue.pushRaw(List.of(NewJob.of("copied", "default", "card.charge", payload)));
            queue.resume("default");

            assertThat(new String(payload, StandardCharsets.UTF_8)).doesNotContain(SECRET);
            await().atMost(PATIENCE)
                    .until(() -> queue.find("copied").orElseThrow().state() == JobState.FAILED);
            assertThat(queue.failed().find("copied").orElseThrow().exception()).contains("belongs to job " + id);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(RAN).contains(run + SECRET));
        }
    }
}
