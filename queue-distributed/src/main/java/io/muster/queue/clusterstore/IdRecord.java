package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.Optional;

/** That an id is taken: by a live or failed job of a queue, or by one that has ended, with what is remembered of it. */
record IdRecord(
        String jobId,
        String queue,
        String type,
        Optional<JobState> ended,
        String pushed,
        Instant at,
        String reason,
        int priority,
        Counters counters,
        Optional<BatchMembership> batch,
        boolean tellsFailure) {
    static byte[] live(JobDocument job) {
        return node(job).following(job.job()).binary();
    }

    static byte[] ended(JobDocument job, Instant at) {
        return node(job)
                .with("ended", job.state().name())
                .with("at", at.toString())
                .with("reason", job.reason())
                .counters(job.counters())
                .binary();
    }

    /** What cannot be read says that the id is taken, and nothing else. */
    static IdRecord read(byte[] bytes) {
        JsonNode node = Documents.json(bytes);
        return new IdRecord(
                node.path("id").asText(),
                node.path("queue").asText(),
                node.path("type").asText("?"),
                Documents.word(node, "ended", JobState.values()),
                Places.orFirst(node.path("pushed").asText()),
                Documents.moment(node, "at").orElse(Instant.EPOCH),
                node.path("reason").asText(""),
                node.path("priority").asInt(),
                Documents.counters(node.path("counters")),
                Documents.membership(node),
                node.path("tellsFailure").asBoolean());
    }

    /** What is left of a completed or discarded job. */
    StoredJob stored() {
        return new StoredJob(
                jobId,
                queue,
                type,
                new byte[0],
                ended.orElse(JobState.COMPLETED),
                priority,
                counters,
                Places.instant(pushed),
                Optional.empty(),
                Optional.empty(),
                reason.isEmpty() ? Optional.empty() : Optional.of(reason),
                Optional.empty(),
                Optional.of(at));
    }

    private static Fields node(JobDocument job) {
        Fields fields = new Fields(Documents.JSON.createObjectNode());
        return fields.with("id", job.id())
                .with("queue", job.job().queue())
                .with("type", job.job().type())
                .with("pushed", job.pushed())
                .priority(job.job().priority());
    }

    private record Fields(ObjectNode node) {
        Fields with(String name, String value) {
            if (!value.isEmpty()) {
                node.put(name, value);
            }
            return this;
        }

        Fields priority(int priority) {
            if (priority != 0) {
                node.put("priority", priority);
            }
            return this;
        }

        /** What has to follow if the job itself becomes unreadable. */
        Fields following(NewJob job) {
            job.batch().ifPresent(batch -> node.put("batch", batch.batchId()).put("links", batch.links()));
            if (job.tellsFailure()) {
                node.put("tellsFailure", true);
            }
            return this;
        }

        Fields counters(Counters counters) {
            node.set("counters", Documents.JSON.valueToTree(counters));
            return this;
        }

        byte[] binary() {
            return Documents.json(node);
        }
    }
}
