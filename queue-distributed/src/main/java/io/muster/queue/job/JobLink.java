package io.muster.queue.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import java.time.Duration;
import java.util.Optional;

/**
 * A job that is to follow another one. It lies in the payload of that one. W1
 *
 * @param connection where it runs; empty: where the one before it ran
 * @param job without moment and unique key
 * @param delay how long after the end of the one before it may run
 */
public record JobLink(Optional<String> connection, NewJob job, Duration delay) {
    void write(ObjectNode node) {
        connection.ifPresent(name -> node.put("connection", name));
        node.put("id", job.id()).put("queue", job.queue()).put("type", job.type());
        if (job.priority() != 0) {
            node.put("priority", job.priority());
        }
        if (job.maxCrashes() != NewJob.DEFAULT_MAX_CRASHES) {
            node.put("maxCrashes", job.maxCrashes());
        }
        if (!delay.isZero()) {
            node.put("delayMillis", delay.toMillis());
        }
        job.overlap().ifPresent(key -> {
            ObjectNode overlap = node.putObject("overlap").put("key", key.key());
            key.expireAfter().ifPresent(after -> overlap.put("expireAfterMillis", after.toMillis()));
        });
        node.put("payload", job.payload());
    }

    private static byte[] payload(JsonNode node) throws java.io.IOException {
        byte[] payload = node.path("payload").binaryValue();
        if (payload == null) {
            throw new IllegalArgumentException("what follows has no payload");
        }
        return payload;
    }

    static JobLink read(JsonNode node) throws java.io.IOException {
        Optional<OverlapKey> overlap = node.has("overlap")
                ? Optional.of(new OverlapKey(
                        node.path("overlap").path("key").asText(),
                        node.path("overlap").has("expireAfterMillis")
                                ? Optional.of(Duration.ofMillis(node.path("overlap")
                                        .path("expireAfterMillis")
                                        .asLong()))
                                : Optional.empty()))
                : Optional.empty();
        NewJob plain = NewJob.of(
                        node.path("id").asText(),
                        node.path("queue").asText(),
                        node.path("type").asText(),
                        payload(node))
                .withPriority(node.path("priority").asInt(0))
                .withMaxCrashes(node.path("maxCrashes").asInt(NewJob.DEFAULT_MAX_CRASHES))
                .tellingFailure();
        return new JobLink(
                node.has("connection") ? Optional.of(node.path("connection").asText()) : Optional.empty(),
                overlap.map(plain::withOverlap).orElse(plain),
                Duration.ofMillis(node.path("delayMillis").asLong(0)));
    }
}
