package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.StoredBatch;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A batch as it is kept: its state in one record, small, as it is rewritten all the time. Its callbacks never change and lie beside it.
 *
 * @param place moment and sequence of its creation, to sort by
 * @param calls what has a callback
 * @param batch its state, without the callbacks themselves
 */
record BatchRecord(String place, Set<BatchEvent> calls, StoredBatch batch) {
    private static final byte[] NO_PAYLOAD = new byte[0];

    static BatchRecord read(byte[] bytes) throws Documents.UnreadableException {
        try {
            JsonNode header = Documents.header(bytes);
            return new BatchRecord(
                    Places.checked(header.path("place").asText()), events(header.path("calls")), batch(header));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new Documents.UnreadableException("Batch is unreadable: " + e.getMessage());
        }
    }

    byte[] bytes() {
        ObjectNode header = Documents.JSON.createObjectNode();
        header.put("place", place)
                .put("id", batch.id())
                .put("name", batch.name())
                .put("queue", batch.queue())
                .put("allowsFailures", batch.allowsFailures())
                .put("open", batch.open())
                .put("total", batch.total())
                .put("succeeded", batch.succeeded())
                .put("failed", batch.failed())
                .put("skipped", batch.skipped())
                .put("created", batch.createdAt().toString())
                .put("cancelledByFailure", batch.cancelledByFailure());
        batch.cancelledAt().ifPresent(at -> header.put("cancelled", at.toString()));
        batch.finishedAt().ifPresent(at -> header.put("finished", at.toString()));
        batch.firstFailure().ifPresent(failure -> header.set("failure", failure(failure)));
        calls.forEach(event -> header.withArray("calls").add(event.word()));
        batch.happened().forEach(event -> header.withArray("happened").add(event.word()));
        return Documents.bytes(header, NO_PAYLOAD);
    }

    BatchRecord with(StoredBatch changed) {
        return new BatchRecord(place, calls, changed);
    }

    /** As stores show it. */
    static StoredBatch with(Map<BatchEvent, OutboxEntry> callbacks, StoredBatch batch) {
        return new StoredBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                batch.open(),
                batch.total(),
                batch.succeeded(),
                batch.failed(),
                batch.skipped(),
                batch.createdAt(),
                batch.cancelledAt(),
                batch.cancelledByFailure(),
                batch.finishedAt(),
                batch.firstFailure(),
                batch.happened(),
                callbacks);
    }

    private static StoredBatch batch(JsonNode header) {
        return new StoredBatch(
                header.path("id").asText(),
                header.path("name").asText(),
                header.path("queue").asText(),
                header.path("allowsFailures").asBoolean(),
                header.path("open").asBoolean(),
                header.path("total").asInt(),
                header.path("succeeded").asInt(),
                header.path("failed").asInt(),
                header.path("skipped").asInt(),
                Instant.parse(header.path("created").asText()),
                moment(header, "cancelled"),
                header.path("cancelledByFailure").asBoolean(),
                moment(header, "finished"),
                header.has("failure") ? Optional.of(failure(header.path("failure"))) : Optional.empty(),
                events(header.path("happened")),
                Map.of());
    }

    private static Optional<Instant> moment(JsonNode header, String name) {
        return Documents.text(header, name).map(Instant::parse);
    }

    private static Set<BatchEvent> events(JsonNode words) {
        Set<BatchEvent> events = EnumSet.noneOf(BatchEvent.class);
        words.forEach(word -> events.add(BatchEvent.valueOf(word.asText().toUpperCase(Locale.ROOT))));
        return events;
    }

    private static ObjectNode failure(StoredBatch.Failure failure) {
        return Documents.JSON.createObjectNode().put("job", failure.jobId()).put("reason", failure.reason());
    }

    private static StoredBatch.Failure failure(JsonNode node) {
        return new StoredBatch.Failure(
                node.path("job").asText(), node.path("reason").asText());
    }

    /**
     * What happened to members, until it is counted.
     *
     * @param retriedLinks of a failed member that is ready again; 0: none is
     */
    record Ends(BatchEnds ended, int retriedLinks) {
        static Ends of(BatchEnds ended) {
            return new Ends(ended, 0);
        }

        static Ends retried(int links) {
            return new Ends(BatchEnds.NONE, links);
        }

        byte[] bytes() {
            ObjectNode node = Documents.JSON.createObjectNode();
            add(node, "succeeded", ended.succeeded());
            add(node, "discarded", ended.discarded());
            ended.failures().forEach(failure -> node.withArray("failures").add(failure(failure)));
            node.put("skipped", ended.skipped()).put("added", ended.added()).put("retried", retriedLinks);
            return Documents.bytes(node, NO_PAYLOAD);
        }

        static Ends read(byte[] bytes) throws Documents.UnreadableException {
            try {
                JsonNode node = Documents.header(bytes);
                List<StoredBatch.Failure> failures = new ArrayList<>();
                node.path("failures").forEach(failure -> failures.add(failure(failure)));
                BatchEnds ended = new BatchEnds(
                        texts(node.path("succeeded")),
                        texts(node.path("discarded")),
                        failures,
                        node.path("skipped").asInt(),
                        node.path("added").asInt());
                return new Ends(ended, node.path("retried").asInt());
            } catch (IOException e) {
                throw new Documents.UnreadableException("Ends of a batch are unreadable: " + e.getMessage());
            }
        }

        private static void add(ObjectNode node, String name, Collection<String> texts) {
            texts.forEach(text -> node.withArray(name).add(text));
        }

        private static List<String> texts(JsonNode array) {
            List<String> texts = new ArrayList<>();
            array.forEach(text -> texts.add(text.asText()));
            return texts;
        }
    }
}
