package io.muster.queue.job;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.store.NewJob;
import io.muster.queue.unique.UniqueLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A job and its options as payload bytes: JSON {@code {"v":1,"data":{…},"options":{…}}}, options only as far as they are said. The
 * job's fields are its data, private ones too; encrypted, they are {@code "sealed"} in the place of {@code "data"}, and options stay readable.
 * Read tolerantly: a job class may gain or lose fields. Polymorphic type information is neither written nor read.
 */
public final class JobEnvelope {
    private static final int FORMAT = 1;
    private static final int NOTICE_TRIES = 20;
    private static final String DATA = "data";
    private static final String SEALED = "sealed";
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

    /** With the serializer of the class looked up. */
    private static final ClassValue<ObjectWriter> WRITERS = new ClassValue<>() {
        @Override
        protected ObjectWriter computeValue(Class<?> type) {
            return JSON.writerFor(type);
        }
    };

    private final JsonNode body;
    private final JobOptions options;
    private final JobFlow flow;
    private final Secrecy secrecy;
    private final Optional<UniqueLease> lease;

    /** Whether the data may be shown where something is wrong with it. */
    private enum Secrecy {
        OPEN,
        SEALED,
        OPENED
    }

    private JobEnvelope(JsonNode body, JobOptions options, Secrecy secrecy, JobFlow flow, Optional<UniqueLease> lease) {
        this.lease = lease;
        this.body = body;
        this.flow = flow;
        this.options = options;
        this.secrecy = secrecy;
    }

    /** The bytes of a job with its options, readable for whoever reads the store. */
    public static byte[] write(Object job, JobOptions options) {
        try {
            return bytes(DATA, json -> writeData(json, job), options);
        } catch (IllegalArgumentException | IOException e) {
            throw new PayloadException(
                    "Job class " + job.getClass().getName() + " cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /**
     * As {@link #write(Object, JobOptions)}, encrypted where the options say so; the data of the job is then in no message. J6
     *
     * @param binding the job that it is to belong to, together with {@code type}
     * @throws IllegalStateException the options say so, but there is no key
     */
    public static byte[] write(
            Object job, JobOptions options, EncryptionKeys keys, JobType<?> type, PayloadBinding binding) {
        if (!options.isEncrypted()) {
            return write(job, options);
        }
        if (keys.isEmpty()) {
            throw new IllegalStateException(
                    "Jobs of type \"" + type.name() + "\" are to be encrypted, and there is no key; set "
                            + EncryptionKeys.SETTING + " or QUEUE_KEYS to the same keys on all nodes");
        }
        try {
            ObjectNode sealed = Sealing.seal(data(job), keys, type.name(), binding);
            return bytes(SEALED, json -> JSON.writeTree(json, sealed), options);
        } catch (IllegalArgumentException | IOException e) {
            throw new PayloadException(
                    "Job class " + job.getClass().getName() + " cannot be written as JSON" + where(e));
        }
    }

    /** Writes one JSON value. */
    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] data(Object job) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_SIZE);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            writeData(json, job);
        }
        return bytes.toByteArray();
    }

    private static void writeData(JsonGenerator json, Object job) throws IOException {
        if (HAS_NO_FIELDS.get(job.getClass())) {
            json.writeStartObject();
            json.writeEndObject();
        } else {
            WRITERS.get(job.getClass()).writeValue(json, job);
        }
    }

    private static byte[] bytes(String name, Body body, JobOptions options) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_SIZE);
        try (JsonGenerator envelope = JSON.createGenerator(bytes)) {
            envelope.writeStartObject();
            envelope.writeNumberField("v", FORMAT);
            envelope.writeFieldName(name);
            body.write(envelope);
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
    }

    /**
     * Reads the outer form; the job itself is read by {@link #job}.
     *
     * @throws PayloadException not written by this version or an older one
     */
    public static JobEnvelope read(byte[] payload) {
        try {
            JsonNode envelope = JSON.readTree(payload);
            boolean sealed = envelope != null && envelope.path(SEALED).isObject();
            if (envelope == null || !(sealed || envelope.path(DATA).isObject())) {
                throw new PayloadException("Payload is not a job: no JSON object with \"data\"");
            }
            if (envelope.path("v").asInt() != FORMAT) {
                throw new PayloadException(
                        "Payload has format " + envelope.path("v") + ", this version reads " + FORMAT);
            }
            return new JobEnvelope(
                    envelope.path(sealed ? SEALED : DATA),
                    readOptions(envelope.path("options")),
                    sealed ? Secrecy.SEALED : Secrecy.OPEN,
                    JobFlow.read(envelope),
                    LeaseField.read(envelope));
        } catch (IOException | IllegalArgumentException e) {
            throw new PayloadException("Payload is unreadable: " + e.getMessage(), e);
        }
    }

    /**
     * As {@link #read}, of a payload of which only the job itself has to be readable: without its options, and with what can be read of what
     * follows from it. For a job that fails because the rest cannot be read. J9
     *
     * @throws PayloadException nor can the job
     */
    public static JobEnvelope jobOf(byte[] payload) {
        try {
            JsonNode envelope = JSON.readTree(payload);
            boolean sealed = envelope != null && envelope.path(SEALED).isObject();
            if (envelope == null || envelope.path("v").asInt() != FORMAT) {
                throw new PayloadException("Payload is not a job of format " + FORMAT);
            }
            return new JobEnvelope(
                    envelope.path(sealed ? SEALED : DATA),
                    JobOptions.DEFAULT,
                    sealed ? Secrecy.SEALED : Secrecy.OPEN,
                    JobFlow.of(payload),
                    Optional.empty());
        } catch (IOException e) {
            throw new PayloadException("Payload is unreadable: " + e.getMessage(), e);
        }
    }

    /** A job that is not in its payload as an object would be. */
    static JobEnvelope of(Object job, JobOptions options) {
        return new JobEnvelope(JSON.valueToTree(job), options, Secrecy.OPEN, JobFlow.NONE, Optional.empty());
    }

    /** Of a failure notice, whose payload is the id of the job that failed. */
    public static JobEnvelope ofNotice(byte[] payload) {
        return of(
                new FailureNotice(new String(payload, StandardCharsets.US_ASCII)),
                JobOptions.DEFAULT.withTries(NOTICE_TRIES).withBackoff(Duration.ofSeconds(2)));
    }

    /** The job with what gives its unique key up beside its data. J5 */
    public static NewJob leased(NewJob job, UniqueLease lease) {
        return job.withPayload(LeaseField.into(job.payload(), lease));
    }

    /** As {@link #lease()}, of a payload that perhaps cannot be read otherwise. J5 */
    public static Optional<UniqueLease> lease(byte[] payload) {
        return LeaseField.of(payload);
    }

    /** What gives its unique key up, if a coordinator keeps that. J5 */
    public Optional<UniqueLease> lease() {
        return lease;
    }

    /** What it belongs to and what follows from it. */
    public JobFlow flow() {
        return flow;
    }

    public JobOptions options() {
        return options;
    }

    /**
     * The same, decrypted if it is encrypted. J6
     *
     * @throws PayloadException it cannot be decrypted for the job with this id and type; or it is not encrypted though all jobs of the type are
     */
    public JobEnvelope opened(EncryptionKeys keys, JobType<?> type, String jobId) {
        if (secrecy != Secrecy.SEALED) {
            if (type.options().isEncrypted()) {
                throw new PayloadException("Jobs of type \"" + type.name()
                        + "\" are encrypted, and this payload is not; nobody with a key has written it");
            }
            return this;
        }
        byte[] data = Sealing.open(body, keys, type.name(), jobId);
        try {
            return new JobEnvelope(JSON.readTree(data), options, Secrecy.OPENED, flow, lease);
        } catch (IOException e) {
            throw new PayloadException("Payload is unreadable, though it was decrypted");
        }
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
            long moved = until.asLong() + since.toMillis();
            options.put("retryUntilMillis", moved < until.asLong() ? Long.MAX_VALUE : moved);
            return JSON.writeValueAsBytes(envelope);
        } catch (IOException e) {
            return payload;
        }
    }

    /**
     * The job as an object of the registered class.
     *
     * @throws PayloadException its data does not fit the class; or it is encrypted and was not {@link #opened}
     */
    public <T> T job(JobType<T> type) {
        if (secrecy == Secrecy.SEALED) {
            throw new PayloadException("Payload of type \"" + type.name() + "\" is encrypted");
        }
        String misfit = "Payload of type \"" + type.name() + "\" does not fit "
                + type.jobClass().getName();
        try {
            return JSON.treeToValue(body, type.jobClass());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw secrecy == Secrecy.OPEN
                    ? new PayloadException(misfit + ": " + e.getMessage(), e)
                    : new PayloadException(misfit + where(e));
        }
    }

    /** What is wrong with encrypted data, without the data. */
    private static String where(Exception e) {
        return e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
                ? " at " + mapping.getPathReference()
                : "";
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
