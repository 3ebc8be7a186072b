package io.muster.queue.job;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A job and its options as payload bytes: JSON {@code {"v":1,"data":{…},"options":{…}}}, options only as far as they are said. The
 * job's fields are its data, private ones too. Read tolerantly: a job class may gain or lose fields. Polymorphic type information is
 * neither written nor read.
 */
public final class JobEnvelope {
    private static final int FORMAT = 1;
    private static final int FIRST_SIZE = 256;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .findAndAddModules()
            .addModule(new RefModule())
            .build();

    private static final ClassValue<Boolean> HAS_NO_FIELDS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return hasNoFields(type);
        }
    };

    private final JsonNode data;
    private final JobOptions options;

    private JobEnvelope(JsonNode data, JobOptions options) {
        this.data = data;
        this.options = options;
    }

    /** The bytes of a job with its options. */
    public static byte[] write(Object job, JobOptions options) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_SIZE);
            try (JsonGenerator envelope = JSON.createGenerator(bytes)) {
                envelope.writeStartObject();
                envelope.writeNumberField("v", FORMAT);
                envelope.writeFieldName("data");
                if (HAS_NO_FIELDS.get(job.getClass())) {
                    envelope.writeStartObject();
                    envelope.writeEndObject();
                } else {
                    JSON.writeValue(envelope, job);
                }
                if (!options.equals(JobOptions.DEFAULT)) {
                    ObjectNode written = writeOptions(options);
                    if (!written.isEmpty()) {
                        envelope.writeFieldName("options");
                        JSON.writeTree(envelope, written);
                    }
                }
                envelope.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IllegalArgumentException | IOException e) {
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

    /**
     * The same job as if it had been dispatched {@code since} later: what was counted from the dispatch on moves along. Bytes that are no
     * readable envelope stay as they are.
     */
    public static byte[] later(byte[] payload, Duration since) {
        try {
            JsonNode envelope = JSON.readTree(payload);
            JsonNode until = envelope == null ? null : envelope.path("options").get("retryUntilMillis");
            if (until == null || !(envelope.path("options") instanceof ObjectNode options)) {
                return payload;
            }
            options.put("retryUntilMillis", until.asLong() + since.toMillis());
            return JSON.writeValueAsBytes(envelope);
        } catch (IOException e) {
            return payload;
        }
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

    /** A job without data; of any other class that would be {@code {}} Jackson says what hinders it. */
    private static boolean hasNoFields(Class<?> jobClass) {
        boolean alone = jobClass.getSuperclass() == Object.class || jobClass.isRecord();
        return alone
                && Stream.of(jobClass.getDeclaredFields()).allMatch(field -> Modifier.isStatic(field.getModifiers()));
    }

    private static ObjectNode writeOptions(JobOptions options) {
        ObjectNode node = JSON.createObjectNode();
        options.tries().ifPresent(tries -> node.put("tries", tries));
        options.timeout().ifPresent(timeout -> node.put("timeoutMillis", timeout.toMillis()));
        options.backoff().ifPresent(waits -> {
            ArrayNode backoff = node.putArray("backoffMillis");
            waits.forEach(wait -> backoff.add(wait.toMillis()));
        });
        options.retryUntil().ifPresent(until -> node.put("retryUntilMillis", until.toEpochMilli()));
        options.maxExceptions().ifPresent(most -> node.put("maxExceptions", most));
        options.onTimeout().ifPresent(choice -> node.put("onTimeout", choice.name()));
        options.tags().ifPresent(words -> {
            ArrayNode tags = node.putArray("tags");
            words.stream().sorted().forEach(tags::add);
        });
        return node;
    }

    private static JobOptions readOptions(JsonNode node) {
        JobOptions options = JobOptions.DEFAULT;
        if (node.has("tries")) {
            options = options.withTries(node.path("tries").asInt());
        }
        if (node.has("timeoutMillis")) {
            options = options.withTimeout(
                    Duration.ofMillis(node.path("timeoutMillis").asLong()));
        }
        if (node.has("backoffMillis")) {
            List<Duration> backoff = new ArrayList<>();
            node.path("backoffMillis").forEach(wait -> backoff.add(Duration.ofMillis(wait.asLong())));
            options = options.withBackoff(backoff);
        }
        if (node.has("retryUntilMillis")) {
            options = options.withRetryUntil(
                    Instant.ofEpochMilli(node.path("retryUntilMillis").asLong()));
        }
        if (node.has("maxExceptions")) {
            options = options.withMaxExceptions(node.path("maxExceptions").asInt());
        }
        if (node.has("onTimeout")) {
            options = options.withOnTimeout(
                    JobOptions.OnTimeout.valueOf(node.path("onTimeout").asText()));
        }
        if (node.has("tags")) {
            List<String> tags = new ArrayList<>();
            node.path("tags").forEach(tag -> tags.add(tag.asText()));
            options = options.withTags(tags.toArray(String[]::new));
        }
        return options;
    }
}
