package io.muster.queue.clusterstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Documents as bytes: a format byte, the length of a JSON header, the header, the payload as it is. A newer format is unreadable, unknown
 * header fields are ignored.
 */
final class Documents {
    static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final byte FORMAT = 1;
    /** Instead of a connection's name: this store. */
    private static final String HERE = "";

    private static final int PREFIX = 5;

    private Documents() {}

    /** A document of another format, or no document at all. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    static byte[] write(JobDocument document) {
        ObjectNode header = job(document.job());
        header.put("pushed", document.pushed())
                .put("place", document.place())
                .put("state", document.state().name());
        header.put("number", document.number());
        put(header, "nonce", document.nonce());
        put(header, "incarnation", document.incarnation());
        put(header, "pool", document.pool());
        put(header, "reason", document.reason());
        put(header, "detail", document.detail());
        if (document.uniqueFreed()) {
            header.put("uniqueFreed", true);
        }
        document.crashedOn().forEach(header.withArray("crashedOn")::add);
        Counters counters = document.counters();
        if (!counters.equals(Counters.NONE)) {
            header.set("counters", JSON.valueToTree(counters));
        }
        return bytes(header, document.job().payload());
    }

    static JobDocument read(byte[] bytes) throws UnreadableException {
        try {
            JsonNode header = header(bytes);
            List<String> crashedOn = new ArrayList<>();
            header.path("crashedOn").forEach(node -> crashedOn.add(node.asText()));
            return new JobDocument(
                    job(header, payload(bytes)),
                    Places.checked(header.path("pushed").asText()),
                    Places.checked(header.path("place").asText()),
                    JobState.valueOf(header.path("state").asText()),
                    counters(header.path("counters")),
                    header.path("number").asLong(),
                    header.path("nonce").asText(""),
                    header.path("incarnation").asText(""),
                    header.path("pool").asText(""),
                    header.path("uniqueFreed").asBoolean(),
                    crashedOn,
                    header.path("reason").asText(""),
                    header.path("detail").asText(""));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new UnreadableException("Record is unreadable: " + e.getMessage());
        }
    }

    /** Why a document cannot be read; empty if it can. */
    static Optional<String> whyUnreadable(byte[] bytes) {
        try {
            read(bytes);
            return Optional.empty();
        } catch (UnreadableException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    static byte[] write(OutboxEntry entry, String place) {
        ObjectNode header = job(entry.job());
        header.put("outboxId", entry.id())
                .put("connection", entry.connection().orElse(HERE))
                .put("pushed", place);
        return bytes(header, entry.job().payload());
    }

    static OutboxEntry readOutbox(byte[] bytes) throws UnreadableException {
        try {
            JsonNode header = header(bytes);
            return new OutboxEntry(
                    header.path("outboxId").asText(),
                    Optional.of(header.path("connection").asText()).filter(name -> !name.equals(HERE)),
                    job(header, payload(bytes)));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new UnreadableException("Outbox entry is unreadable: " + e.getMessage());
        }
    }

    /** When an outbox entry was written, to sort by. */
    static String outboxPlace(byte[] bytes) throws UnreadableException {
        try {
            return header(bytes).path("pushed").asText();
        } catch (IOException e) {
            throw new UnreadableException("Outbox entry is unreadable: " + e.getMessage());
        }
    }

    static byte[] json(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree that cannot be written", e);
        }
    }

    /** A small record; an empty object if it is unreadable, or something else. */
    static ObjectNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes) instanceof ObjectNode record ? record : JSON.createObjectNode();
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    /** A moment in a small record; empty if it is not there or is none. */
    static Optional<Instant> moment(JsonNode record, String name) {
        try {
            return text(record, name).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A word in a small record; empty if it is not there or none of these. */
    static <E extends Enum<E>> Optional<E> word(JsonNode record, String name, E[] words) {
        String said = record.path(name).asText("");
        return Stream.of(words).filter(word -> word.name().equals(said)).findFirst();
    }

    private static void put(ObjectNode header, String name, String value) {
        if (!value.isEmpty()) {
            header.put(name, value);
        }
    }

    static byte[] bytes(ObjectNode header, byte[] payload) {
        byte[] text = json(header);
        return ByteBuffer.allocate(PREFIX + text.length + payload.length)
                .put(FORMAT)
                .putInt(text.length)
                .put(text)
                .put(payload)
                .array();
    }

    static JsonNode header(byte[] bytes) throws IOException {
        if (bytes.length < PREFIX || bytes[0] != FORMAT) {
            throw new IOException(
                    "format " + (bytes.length == 0 ? "missing" : bytes[0]) + ", this version reads " + FORMAT);
        }
        int length = ByteBuffer.wrap(bytes).getInt(1);
        if (length < 0 || length > bytes.length - PREFIX) {
            throw new IOException("header is cut off");
        }
        return JSON.readTree(bytes, PREFIX, length);
    }

    static byte[] payload(byte[] bytes) {
        return Arrays.copyOfRange(bytes, PREFIX + ByteBuffer.wrap(bytes).getInt(1), bytes.length);
    }

    private static ObjectNode job(NewJob job) {
        ObjectNode header = JSON.createObjectNode();
        header.put("id", job.id()).put("queue", job.queue()).put("type", job.type());
        header.put("priority", job.priority()).put("maxCrashes", job.maxCrashes());
        job.dueAt().ifPresent(due -> header.put("due", due.toString()));
        job.unique().ifPresent(unique -> {
            header.put("unique", unique.key()).put("uniqueUntil", unique.until().name());
            unique.heldFor().ifPresent(time -> header.put("uniqueFor", time.toString()));
        });
        job.overlap().ifPresent(overlap -> {
            header.put("overlap", overlap.key());
            overlap.expireAfter().ifPresent(time -> header.put("overlapFor", time.toString()));
        });
        job.batch().ifPresent(batch -> header.put("batch", batch.batchId()).put("links", batch.links()));
        if (job.tellsFailure()) {
            header.put("tellsFailure", true);
        }
        return header;
    }

    private static NewJob job(JsonNode header, byte[] payload) {
        Optional<UniqueKey> unique = text(header, "unique")
                .map(key -> new UniqueKey(
                        key,
                        text(header, "uniqueFor").map(Duration::parse),
                        UniqueKey.Until.valueOf(header.path("uniqueUntil").asText())));
        Optional<OverlapKey> overlap = text(header, "overlap")
                .map(key -> new OverlapKey(key, text(header, "overlapFor").map(Duration::parse)));
        return new NewJob(
                header.path("id").asText(),
                header.path("queue").asText(),
                header.path("type").asText(),
                payload,
                header.path("priority").asInt(),
                text(header, "due").map(Instant::parse),
                header.path("maxCrashes").asInt(NewJob.DEFAULT_MAX_CRASHES),
                unique,
                overlap,
                membership(header),
                header.path("tellsFailure").asBoolean());
    }

    static Optional<BatchMembership> membership(JsonNode header) {
        return text(header, "batch")
                .map(id -> new BatchMembership(id, header.path("links").asInt(1)));
    }

    static Counters counters(JsonNode node) {
        return new Counters(
                node.path("starts").asInt(),
                node.path("releases").asInt(),
                node.path("exceptions").asInt(),
                node.path("timeouts").asInt(),
                node.path("crashes").asInt(),
                node.path("suspectCrashes").asInt());
    }

    static Optional<String> text(JsonNode header, String name) {
        return header.hasNonNull(name) ? Optional.of(header.path(name).asText()) : Optional.empty();
    }
}
