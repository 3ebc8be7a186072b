package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads the records of incarnations, and remembers the versions last seen, to be compared by writes. Thread-safe. */
final class Incarnations {
    private final Coordinator coordinator;
    private final Map<String, Life> seen = new ConcurrentHashMap<>();

    /** A record of an incarnation with the entry it was read from. */
    record Life(
            Entry entry,
            String incarnation,
            String node,
            Instant admittedAt,
            Status status,
            boolean survived,
            List<String> crashed) {
        Life {
            crashed = List.copyOf(crashed);
        }

        byte[] value(Status changed, boolean lived, List<String> crashes) {
            return Incarnations.value(incarnation, node, admittedAt, changed, lived, crashes);
        }
    }

    Incarnations(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** As last seen, else read. */
    Optional<Life> recent(String incarnation) {
        Life known = seen.get(incarnation);
        return known == null ? fresh(incarnation) : Optional.of(known);
    }

    Optional<Life> fresh(String incarnation) {
        Key key = StoreKeys.incarnation(incarnation);
        Optional<Life> life = coordinator.read(key).map(Incarnations::life);
        life.ifPresentOrElse(found -> seen.put(incarnation, found), () -> seen.remove(incarnation));
        return life;
    }

    List<Life> all() {
        List<Life> lives = new ArrayList<>();
        for (Entry entry : coordinator.all(StoreKeys.INCARNATIONS)) {
            boolean ours = entry.key().isOnce() && entry.key().name().length() > 1;
            if (ours) {
                lives.add(life(entry));
            }
        }
        return lives;
    }

    void forget(String incarnation) {
        seen.remove(incarnation);
    }

    static byte[] value(
            String incarnation,
            String node,
            Instant admittedAt,
            Status status,
            boolean survived,
            List<String> crashed) {
        ObjectNode record = Documents.JSON.createObjectNode();
        record.put("incarnation", incarnation).put("node", node).put("admittedAt", admittedAt.toString());
        record.put("status", status.name()).put("survived", survived);
        crashed.forEach(record.withArray("crashed")::add);
        return Documents.json(record);
    }

    static byte[] admitted(IncarnationRecord record) {
        return value(record.incarnation(), record.node(), record.admittedAt(), Status.ADMITTED, false, List.of());
    }

    /** A record that cannot be read is of a buried one: it gets and settles nothing, and what it held is taken back. */
    static Life life(Entry entry) {
        JsonNode record = Documents.json(entry.value());
        List<String> crashed = new ArrayList<>();
        record.path("crashed").forEach(id -> crashed.add(id.asText()));
        return new Life(
                entry,
                Key.text(entry.key().name().substring(1)),
                record.path("node").asText(),
                Documents.moment(record, "admittedAt").orElse(Instant.EPOCH),
                Documents.word(record, "status", Status.values()).orElse(Status.BURIED),
                record.path("survived").asBoolean(),
                crashed);
    }
}
