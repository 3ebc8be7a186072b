package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who holds a unique or an overlap key, and until when: a record beside the jobs, written and removed together with them. */
record KeyRecord(String owner, String jobId, Optional<Instant> endsAt) {
    /** A record that cannot be read is nobody's and has no end: its key stays held, which is the safe side. */
    static KeyRecord of(Entry entry) {
        JsonNode node = Documents.json(entry.value());
        return new KeyRecord(node.path("owner").asText(), node.path("job").asText(), Documents.moment(node, "ends"));
    }

    /** The unique key of a job from its push on. */
    static KeyRecord unique(String jobId, Optional<Duration> heldFor, Instant now) {
        return new KeyRecord(jobId, jobId, heldFor.map(now::plus));
    }

    /** The overlap key of an attempt from its assignment on. */
    static KeyRecord overlap(JobDocument assigned, Optional<Duration> expireAfter, Instant now) {
        return new KeyRecord(owner(assigned), assigned.id(), expireAfter.map(now::plus));
    }

    static String owner(JobDocument assigned) {
        return assigned.id() + "#" + assigned.number() + "#" + assigned.nonce();
    }

    boolean isOver(Instant now) {
        return endsAt.map(end -> !end.isAfter(now)).orElse(false);
    }

    byte[] bytes() {
        ObjectNode node = Documents.JSON.createObjectNode();
        node.put("owner", owner).put("job", jobId);
        endsAt.ifPresent(end -> node.put("ends", end.toString()));
        return Documents.json(node);
    }

    /** Compares and writes that free keys, each only if it is still its owner's. */
    static final class Freeing {
        private final Coordinator coordinator;
        private final List<Compare> compares = new ArrayList<>();
        private final List<Write> writes = new ArrayList<>();

        Freeing(Coordinator coordinator) {
            this.coordinator = coordinator;
        }

        Freeing unique(JobDocument job) {
            job.job()
                    .unique()
                    .filter(key -> !job.uniqueFreed())
                    .ifPresent(key -> free(StoreKeys.unique(key.key()), job.id()));
            return this;
        }

        Freeing overlap(JobDocument job) {
            job.job().overlap().ifPresent(key -> free(StoreKeys.overlap(key.key()), owner(job)));
            return this;
        }

        /** Everything that a job's id owns: reads all keys. */
        Freeing allOf(String jobId) {
            for (String directory : List.of(StoreKeys.UNIQUE, StoreKeys.OVERLAP)) {
                coordinator.all(directory).stream()
                        .filter(entry -> of(entry).jobId().equals(jobId))
                        .forEach(this::free);
            }
            return this;
        }

        private void free(Key key, String owner) {
            coordinator
                    .read(key)
                    .filter(entry -> of(entry).owner().equals(owner))
                    .ifPresent(this::free);
        }

        private void free(Entry entry) {
            compares.add(Compare.unchanged(entry));
            writes.add(Write.delete(entry.key()));
        }

        List<Compare> compares() {
            return compares;
        }

        List<Write> writes() {
            return writes;
        }
    }
}
