package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.muster.cluster.spi.ListRequest;
import io.muster.fuzz.Seeds;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers of Consul: what is none of ours is left out. */
class ConsulFuzzTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final ConsulKeys KEYS = new ConsulKeys("n");

    static Stream<byte[]> answers() {
        return Seeds.texts(
                "[{\"Key\":\"n/store:ready/a\",\"Value\":\"e30=\",\"ModifyIndex\":5,\"CreateIndex\":4}]",
                "[{\"Key\":\"n/store:ready/..\",\"Value\":null,\"Session\":\"s\"}]",
                "[\"n/store:ready/a\",\"n/store:ready/.\"]",
                "null");
    }

    @MethodSource("answers")
    @FuzzTest
    void children(byte[] input) {
        JsonNode answer;
        try {
            answer = JSON.readTree(input);
        } catch (IOException none) {
            return;
        }
        try {
            assertThat(ConsulEntries.children(KEYS, "store/ready", answer)).isNotNull();
        } catch (IllegalArgumentException noBase64) { // No Consul says that.
            assertThat(noBase64.getMessage()).isNotEmpty();
        }
        assertThat(ConsulEntries.names(KEYS, ListRequest.first("store/ready", 10), answer))
                .isNotNull();
    }
}
