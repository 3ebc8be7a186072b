package io.muster.queue.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a job belongs to and what follows from it, as its payload says beside its data. W1 to W3
 *
 * @param batch the batch it is a member of
 * @param of the batch whose callback it is
 * @param failure what it is told of as the callback of a chain
 * @param links what follows if it ends well, in order
 * @param caught what follows if it or one of the links fails
 * @param chain id of the job that began the chain which it is a later link of
 */
public record JobFlow(
        Optional<String> batch,
        Optional<String> of,
        Optional<JobFailure> failure,
        List<JobLink> links,
        Optional<JobLink> caught,
        Optional<String> chain) {
    public static final JobFlow NONE = new JobFlow(
            Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty());

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIELD = "flow";

    public JobFlow {
        links = List.copyOf(links);
    }

    public JobFlow inBatch(String batchId) {
        return new JobFlow(Optional.of(batchId), of, failure, links, caught, chain);
    }

    public JobFlow ofBatch(String batchId) {
        return new JobFlow(batch, Optional.of(batchId), failure, links, caught, chain);
    }

    public JobFlow withLinks(List<JobLink> changed) {
        return new JobFlow(batch, of, failure, changed, caught, chain);
    }

    public JobFlow withCaught(Optional<JobLink> changed) {
        return new JobFlow(batch, of, failure, links, changed, chain);
    }

    /** As part of the chain that this job began, unless it is part of one already. */
    public JobFlow inChain(String firstJobId) {
        return new JobFlow(batch, of, failure, links, caught, chain.or(() -> Optional.of(firstJobId)));
    }

    /** The job with this beside its data, as a member of the batch if there is one. */
    public NewJob on(NewJob job) {
        NewJob flowing = job.withPayload(into(job.payload()));
        flowing = caught.isPresent() ? flowing.tellingFailure() : flowing;
        return batch.isPresent() ? flowing.withBatch(new BatchMembership(batch.get(), 1 + links.size())) : flowing;
    }

    /**
     * What is to be pushed because the job ended so.
     *
     * @param now from when the next link's delay counts
     */
    public List<OutboxEntry> following(String jobId, Settlement.Outcome outcome, Instant now) {
        if (outcome instanceof Settlement.Failed failed) {
            return caught.map(link -> entry(link, catching(jobId, failed.reason(), link), now)).stream()
                    .toList();
        }
        boolean endsWell = outcome instanceof Settlement.Completed || outcome instanceof Settlement.Discarded;
        if (!endsWell || links.isEmpty()) {
            return List.of();
        }
        JobLink next = links.get(0);
        Optional<String> ofBatch = of(next.job().payload()).of();
        JobFlow rest = new JobFlow(batch, ofBatch, Optional.empty(), links.subList(1, links.size()), caught, chain)
                .inChain(jobId);
        return List.of(entry(next, rest.on(next.job()), now));
    }

    private static NewJob catching(String jobId, String reason, JobLink link) {
        JobFlow flow = new JobFlow(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new JobFailure(jobId, reason)),
                List.of(),
                Optional.empty(),
                Optional.empty());
        return flow.on(link.job());
    }

    private static OutboxEntry entry(JobLink link, NewJob job, Instant now) {
        NewJob due = link.delay().isZero() ? job : job.withDueAt(now.plus(link.delay()));
        return link.connection().map(name -> OutboxEntry.to(name, due)).orElseGet(() -> OutboxEntry.here(due));
    }

    private byte[] into(byte[] payload) {
        if (equals(NONE)) {
            return payload;
        }
        try {
            if (!(JSON.readTree(payload) instanceof ObjectNode envelope)) {
                throw new PayloadException("Payload is not a job: no JSON object");
            }
            ObjectNode node = envelope.putObject(FIELD);
            batch.ifPresent(id -> node.put("batch", id));
            of.ifPresent(id -> node.put("of", id));
            failure.ifPresent(
                    told -> node.putObject("failure").put("job", told.jobId()).put("reason", told.reason()));
            if (!links.isEmpty()) {
                ArrayNode array = node.putArray("links");
                links.forEach(link -> link.write(array.addObject()));
            }
            caught.ifPresent(link -> link.write(node.putObject("catch")));
            chain.ifPresent(id -> node.put("chain", id));
            return JSON.writeValueAsBytes(envelope);
        } catch (IOException e) {
            throw new PayloadException("Payload is unreadable: " + e.getMessage(), e);
        }
    }

    static JobFlow read(JsonNode envelope) throws IOException {
        JsonNode node = envelope.get(FIELD);
        if (node == null) {
            return NONE;
        }
        List<JobLink> links = new ArrayList<>();
        for (JsonNode link : node.path("links")) {
            links.add(JobLink.read(link));
        }
        return new JobFlow(
                text(node, "batch").map(id -> new BatchMembership(id, 1).batchId()),
                text(node, "of"),
                node.has("failure")
                        ? Optional.of(new JobFailure(
                                node.path("failure").path("job").asText(),
                                node.path("failure").path("reason").asText()))
                        : Optional.empty(),
                links,
                node.has("catch") ? Optional.of(JobLink.read(node.path("catch"))) : Optional.empty(),
                text(node, "chain"));
    }

    /** Of a payload that may be no job at all: {@link #NONE} then, or what follows on its failure if that alone can be read. */
    public static JobFlow of(byte[] payload) {
        try {
            JsonNode envelope = JSON.readTree(payload);
            return envelope == null ? NONE : readable(envelope);
        } catch (IOException e) {
            return NONE;
        }
    }

    private static JobFlow readable(JsonNode envelope) {
        try {
            return read(envelope);
        } catch (IOException | IllegalArgumentException e) {
            return caughtAlone(envelope.path(FIELD).path("catch"));
        }
    }

    private static JobFlow caughtAlone(JsonNode caught) {
        try {
            return caught.isMissingNode() ? NONE : NONE.withCaught(Optional.of(JobLink.read(caught)));
        } catch (IOException | IllegalArgumentException e) {
            return NONE;
        }
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.path(name).asText()) : Optional.empty();
    }
}
