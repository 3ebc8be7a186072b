package io.muster.queue.redis;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.StoredBatch;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Batches as the server has them: the fields that {@code batches.lua} describes. */
final class BatchRecords {
    private static final Logger LOG = LoggerFactory.getLogger(BatchRecords.class);
    private static final String CALLBACK = "on:";
    private static final byte HERE = 'h';
    private static final byte ELSEWHERE = 'o';
    /** In the place of the id that a job made of a template gets. */
    private static final String NO_ID = "";

    private BatchRecords() {}

    /** A template, of which a script makes jobs. */
    static byte[] callback(OutboxEntry entry, long nowMillis) {
        boolean here = entry.connection().isEmpty();
        byte[] data = here ? JobRecords.encode(entry.job(), nowMillis) : OutboxRecords.encode(entry, NO_ID);
        return ByteBuffer.allocate(1 + data.length)
                .put(here ? HERE : ELSEWHERE)
                .put(data)
                .array();
    }

    /** Fields and values in turn; none of an unknown batch. */
    static Optional<StoredBatch> read(List<?> answer) {
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        Map<String, byte[]> fields = new HashMap<>();
        for (int i = 0; i < answer.size(); i += 2) {
            fields.put(JobRecords.string((byte[]) answer.get(i)), (byte[]) answer.get(i + 1));
        }
        try {
            return Optional.of(batch(fields));
        } catch (IllegalStateException | IllegalArgumentException | DateTimeException | UncheckedIOException e) {
            LOG.warn("A batch in Redis cannot be read and is left out reason={}", e.getMessage());
            return Optional.empty();
        }
    }

    private static StoredBatch batch(Map<String, byte[]> fields) {
        String id = text(fields, "id");
        return new StoredBatch(
                id,
                text(fields, "name"),
                text(fields, "queue"),
                is(fields, "allows"),
                is(fields, "open"),
                number(fields, "total"),
                number(fields, "succeeded"),
                number(fields, "failed"),
                number(fields, "skipped"),
                moment(fields, "created").orElse(Instant.EPOCH),
                moment(fields, "cancelled"),
                is(fields, "byFailure"),
                moment(fields, "finished"),
                failure(text(fields, "failure")),
                happened(text(fields, "happened")),
                callbacks(id, fields));
    }

    private static Optional<StoredBatch.Failure> failure(String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? Optional.empty()
                : Optional.of(new StoredBatch.Failure(text.substring(0, space), text.substring(space + 1)));
    }

    private static Set<BatchEvent> happened(String words) {
        Set<BatchEvent> happened = EnumSet.noneOf(BatchEvent.class);
        Arrays.stream(words.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .forEach(word -> happened.add(BatchEvent.valueOf(word.toUpperCase(Locale.ROOT))));
        return happened;
    }

    private static Map<BatchEvent, OutboxEntry> callbacks(String batchId, Map<String, byte[]> fields) {
        Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
        for (BatchEvent event : BatchEvent.values()) {
            byte[] callback = fields.get(CALLBACK + event.word());
            if (callback != null && callback.length > 0) {
                String jobId = DerivedId.of(batchId, event.word());
                byte[] data = Arrays.copyOfRange(callback, 1, callback.length);
                callbacks.put(
                        event,
                        callback[0] == HERE
                                ? OutboxEntry.here(JobRecords.decodeNew(jobId, data))
                                : OutboxRecords.decode(jobId, data));
            }
        }
        return callbacks;
    }

    private static Optional<Instant> moment(Map<String, byte[]> fields, String name) {
        String text = text(fields, name);
        return text.isEmpty() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
    }

    private static boolean is(Map<String, byte[]> fields, String name) {
        return text(fields, name).equals("1");
    }

    private static int number(Map<String, byte[]> fields, String name) {
        return Integer.parseInt(text(fields, name));
    }

    private static String text(Map<String, byte[]> fields, String name) {
        byte[] value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException("A batch in Redis has no field " + name + ": something else wrote there");
        }
        return JobRecords.string(value);
    }
}
