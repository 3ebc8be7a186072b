package io.muster.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.fuzz.Seeds;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What a Redis says of itself. */
class RedisServerFuzzTest {
    static Stream<byte[]> facts() {
        return Seeds.texts(
                "redis_version:7.0.15\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n",
                "redis_version:99999999999.1\r\nmaxmemory:99999999999999999999\r\n",
                ":");
    }

    @MethodSource("facts")
    @FuzzTest
    void info(byte[] input) {
        RedisServer server = RedisServer.parse(Seeds.text(input));
        try {
            server.requireVersion("here");
            server.requireKeepsKeys("here");
        } catch (ClusterConfigurationException documented) {
            assertThat(documented.getMessage()).contains("here");
        }
    }
}
