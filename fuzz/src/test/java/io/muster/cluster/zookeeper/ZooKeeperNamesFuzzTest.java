package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.spi.Key;
import io.muster.fuzz.Seeds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that ZooKeeper lists in a directory: each is a key of that directory, or left out. */
class ZooKeeperNamesFuzzTest {
    private static final ZooKeeperKeys KEYS = new ZooKeeperKeys("/muster", "n");

    static Stream<byte[]> names() {
        return Seeds.texts("a", "%41", "@id", "a+b", "not a key", "..", "/", "");
    }

    @MethodSource("names")
    @FuzzTest
    void name(byte[] input) {
        String name = Seeds.text(input);
        for (String ours : KEYS.names("store/ready", List.of("a", name))) {
            assertThat(KEYS.path(new Key("store/ready", ours))).endsWith("/" + ours);
        }
    }
}
