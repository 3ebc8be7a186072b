package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcd.jetcd.ByteSequence;
import io.muster.cluster.spi.Key;
import io.muster.fuzz.Seeds;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that etcd lists in a directory: each is a key of that directory, or none. */
class EtcdNamesFuzzTest {
    private static final EtcdKeys KEYS = new EtcdKeys("n");

    static Stream<byte[]> names() {
        return Seeds.texts("a", "%41", "@id", "a//b", "not a key", "..", "/", "");
    }

    @MethodSource("names")
    @FuzzTest
    void name(byte[] input) {
        ByteSequence stored = KEYS.firstChild("store/ready").concat(ByteSequence.from(input));
        KEYS.key(stored).ifPresent(key -> {
            assertThat(key.directory()).isEqualTo("store/ready");
            assertThat(Key.isSegment(key.name())).isTrue();
            assertThat(KEYS.key(key)).isEqualTo(stored);
        });
    }
}
