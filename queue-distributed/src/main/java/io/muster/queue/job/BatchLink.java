package io.muster.queue.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.BatchEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A batch that is to be created: as a job of a chain it creates it when its turn comes. Its type {@value #TYPE} is reserved. W3
 *
 * @param chains its jobs, each with what is chained behind it
 * @param callbacks by the words of {@link BatchEvent}
 */
public record BatchLink(
        String id, String name, String queue, boolean allowsFailures, JsonNode chains, JsonNode callbacks) {
    public static final String TYPE = "muster.batch";

    /** It comes back as often as it has to wait, and does not give up at the first error of the store. */
    public static final JobOptions OPTIONS =
            JobOptions.DEFAULT.withTries(0).withMaxExceptions(5).withBackoff(Duration.ofSeconds(1));

    private static final ObjectMapper JSON = new ObjectMapper();

    public static BatchLink of(
            String id,
            String name,
            String queue,
            boolean allowsFailures,
            List<List<JobLink>> chains,
            Map<BatchEvent, JobLink> callbacks) {
        ArrayNode all = JSON.createArrayNode();
        for (List<JobLink> chain : chains) {
            ArrayNode links = all.addArray();
            chain.forEach(link -> link.write(links.addObject()));
        }
        ObjectNode named = JSON.createObjectNode();
        callbacks.forEach((event, link) -> link.write(named.putObject(event.word())));
        return new BatchLink(id, name, queue, allowsFailures, all, named);
    }

    /** Its jobs, each with what is chained behind it. */
    public List<List<JobLink>> jobs() {
        try {
            List<List<JobLink>> read = new ArrayList<>();
            for (JsonNode chain : chains) {
                List<JobLink> links = new ArrayList<>();
                for (JsonNode link : chain) {
                    links.add(JobLink.read(link));
                }
                read.add(links);
            }
            return read;
        } catch (IOException e) {
            throw new PayloadException("Batch " + id + " is unreadable: " + e.getMessage(), e);
        }
    }

    public Map<BatchEvent, JobLink> calls() {
        try {
            Map<BatchEvent, JobLink> read = new EnumMap<>(BatchEvent.class);
            for (BatchEvent event : BatchEvent.values()) {
                if (callbacks.has(event.word())) {
                    read.put(event, JobLink.read(callbacks.path(event.word())));
                }
            }
            return read;
        } catch (IOException e) {
            throw new PayloadException("Batch " + id + " is unreadable: " + e.getMessage(), e);
        }
    }
}
