package io.muster.queue.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job and its options as payload bytes: JSON {@code {"v":1,"data":{…},"options":{…}}}, options only where they differ from the
 * defaults. Read tolerantly: a job class may gain or lose fields. Polymorphic type information is neither written nor read.
 */
public final class JobEnvelope {
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .findAndAddModules()
            .build();

    private final JsonNode data;
    private final JobOptions options;

    private JobEnvelope(JsonNode data, JobOptions options) {
        this.data = data;
        this.options = options;
    }

    /** The bytes of a job with its options. */
    public static byte[] write(Object job, JobOptions options) {
        try {
            ObjectNode envelope = JSON.createObjectNode();
            envelope.put("v", FORMAT);
            envelope.set("data", JSON.valueToTree(job));
            ObjectNode written = writeOptions(options);
            if (!written.isEmpty()) {
                envelope.set("options", written);
            }
            return JSON.writeValueAsBytes(envelope);
        } catch (IllegalArgumentException | JsonProcessingException e) {
            throw new PayloadException(
                    "Job class " + job.getClass().getName() + " cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the outer form; the job itself is read by {@link #job}.
     *
     * @throws PayloadException not written by this version or an older one
     */
    public static JobEnvelope read(byte[] payload) {
        try {
            JsonNode envelope = JSON.readTree(payload);
            if (envelope == null
                    || !envelope.isObject()
                    || !envelope.path("data").isObject()) {
                throw new PayloadException("Payload is not a job: no JSON object with \"data\"");
            }
            if (envelope.path("v").asInt() != FORMAT) {
                throw new PayloadException(
                        "Payload has format " + envelope.path("v") + ", this version reads " + FORMAT);
            }
            return new JobEnvelope(envelope.path("data"), readOptions(envelope.path("options")));
        } catch (IOException | IllegalArgumentException e) {
            throw new PayloadException("Payload is unreadable: " + e.getMessage(), e);
        }
    }

    public JobOptions options() {
        return options;
    }

    /** The job as an object of the registered class. */
    public <T> T job(JobType<T> type) {
        try {
            return JSON.treeToValue(data, type.jobClass());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new PayloadException(
                    "Payload of type \"" + type.name() + "\" does not fit "
                            + type.jobClass().getName() + ": " + e.getMessage(),
                    e);
        }
    }

    private static ObjectNode writeOptions(JobOptions options) {
        JobOptions defaults = JobOptions.DEFAULT;
        ObjectNode node = JSON.createObjectNode();
        if (options.tries() != defaults.tries()) {
            node.put("tries", options.tries());
        }
        if (!options.timeout().equals(defaults.timeout())) {
            node.put("timeoutMillis", options.timeout().toMillis());
        }
        if (!options.backoff().isEmpty()) {
            ArrayNode backoff = node.putArray("backoffMillis");
            options.backoff().forEach(wait -> backoff.add(wait.toMillis()));
        }
        options.retryUntil().ifPresent(until -> node.put("retryUntilMillis", until.toEpochMilli()));
        options.maxExceptions().ifPresent(most -> node.put("maxExceptions", most));
        if (options.onTimeout() != defaults.onTimeout()) {
            node.put("onTimeout", options.onTimeout().name());
        }
        return node;
    }

    private static JobOptions readOptions(JsonNode node) {
        JobOptions defaults = JobOptions.DEFAULT;
        List<Duration> backoff = new ArrayList<>();
        node.path("backoffMillis").forEach(wait -> backoff.add(Duration.ofMillis(wait.asLong())));
        return new JobOptions(
                node.path("tries").asInt(defaults.tries()),
                Duration.ofMillis(
                        node.path("timeoutMillis").asLong(defaults.timeout().toMillis())),
                backoff,
                node.has("retryUntilMillis")
                        ? Optional.of(Instant.ofEpochMilli(
                                node.path("retryUntilMillis").asLong()))
                        : Optional.empty(),
                node.has("maxExceptions")
                        ? Optional.of(node.path("maxExceptions").asInt())
                        : Optional.empty(),
                JobOptions.OnTimeout.valueOf(
                        node.path("onTimeout").asText(defaults.onTimeout().name())),
                defaults.maxCrashes(),
                defaults.priority());
    }
}
