package io.muster.queue.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.unique.UniqueLease;
import java.io.IOException;
import java.util.Optional;

/** How a payload carries the token of its job's unique key, beside the data. J5 */
final class LeaseField {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIELD = "uniqueLease";

    private LeaseField() {}

    static byte[] into(byte[] payload, UniqueLease lease) {
        try {
            if (!(JSON.readTree(payload) instanceof ObjectNode envelope)) {
                throw new PayloadException("Payload is not a job: no JSON object");
            }
            envelope.putObject(FIELD)
                    .put("via", lease.via())
                    .put("token", lease.token())
                    .put("until", lease.until().name());
            return JSON.writeValueAsBytes(envelope);
        } catch (IOException e) {
            throw new PayloadException("Payload is unreadable: " + e.getMessage(), e);
        }
    }

    /** Of a payload that may be no job at all. */
    static Optional<UniqueLease> of(byte[] payload) {
        try {
            JsonNode envelope = JSON.readTree(payload);
            return envelope == null ? Optional.empty() : read(envelope);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException not written by this version or an older one */
    static Optional<UniqueLease> read(JsonNode envelope) {
        JsonNode lease = envelope.get(FIELD);
        return lease == null
                ? Optional.empty()
                : Optional.of(new UniqueLease(
                        lease.path("via").asText(),
                        lease.path("token").asText(),
                        UniqueKey.Until.valueOf(lease.path("until").asText())));
    }
}
