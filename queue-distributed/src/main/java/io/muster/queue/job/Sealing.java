package io.muster.queue.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.encryption.DecryptionException;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.encryption.EncryptionKeys.Sealed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The data of a job in an encrypted envelope: {@code {"key":"ID","for":"JOB-ID","reach":"JOB","box":"BASE64"}}, authenticated together with the
 * id and the type of its job. J6
 */
final class Sealing {
    private static final char BETWEEN = '\n'; // in neither a type nor an id
    private static final String REACH = "reach";

    private Sealing() {}

    static ObjectNode seal(byte[] data, EncryptionKeys keys, String type, PayloadBinding binding) {
        Sealed sealed = keys.seal(data, bound(type, binding));
        return JsonNodeFactory.instance
                .objectNode()
                .put("key", sealed.keyId())
                .put("for", binding.id())
                .put(REACH, binding.reach().name())
                .put("box", Base64.getEncoder().encodeToString(sealed.box()));
    }

    /** @throws PayloadException it cannot be opened for this job */
    static byte[] open(JsonNode sealed, EncryptionKeys keys, String type, String jobId) {
        try {
            PayloadBinding binding = new PayloadBinding(
                    sealed.path("for").asText(),
                    PayloadBinding.Reach.valueOf(sealed.path(REACH).asText()));
            if (!binding.covers(jobId)) {
                throw refused("it belongs to job " + binding.id());
            }
            byte[] box = EncryptionKeys.decoded(sealed.path("box").asText())
                    .orElseThrow(() -> refused("it was changed: it is no Base64"));
            return keys.open(new Sealed(sealed.path("key").asText(), box), bound(type, binding));
        } catch (DecryptionException e) {
            throw refused(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw refused("it was changed: nobody says whom it is for");
        }
    }

    private static PayloadException refused(String reason) {
        return new PayloadException("Encrypted payload is refused: " + reason);
    }

    private static byte[] bound(String type, PayloadBinding binding) {
        return ("payload" + BETWEEN + type + BETWEEN + binding.reach() + BETWEEN + binding.id())
                .getBytes(StandardCharsets.UTF_8);
    }
}
