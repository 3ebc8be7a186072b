package io.muster.cluster.spi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.fuzz.Seeds;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of keys, addresses, durations, and messages that lie in a ring. */
class NamesAndAddressesFuzzTest {
    static Stream<byte[]> names() {
        return Seeds.texts("default", "%41%2Fb", "%", "a%2", "%zz", "..", "ä", "@i1");
    }

    @MethodSource("names")
    @FuzzTest
    void nameIsTextAgain(byte[] input) {
        String text = Key.text(Seeds.text(input));
        if (!text.isEmpty() && text.length() < 27 && isWhole(text)) {
            assertThat(Key.text(Key.segment(text))).isEqualTo(text);
        }
    }

    @MethodSource("names")
    @FuzzTest
    void key(byte[] input) {
        String text = Seeds.text(input);
        try {
            assertThat(new Key("d", text).path()).isEqualTo("d/" + text);
        } catch (IllegalArgumentException documented) {
            assertThat(documented).hasMessageStartingWith("Not a key segment");
        }
    }

    @MethodSource("names")
    @FuzzTest
    void ringSlot(byte[] input) {
        Key key = new Key("broadcast/c", "0123456789abcdef-01");
        RingSlot.decoded(new Entry(key, input, new Version(1, 0), 1, Optional.empty()))
                .ifPresent(slot -> assertThat(slot.encoded()).isEqualTo(input));
    }

    static Stream<byte[]> durations() {
        return Seeds.texts("500ms", "5s", "2m", "1h", "PT5S", "P1DT2H", "999999999999h", "-PT1S");
    }

    @MethodSource("durations")
    @FuzzTest
    void duration(byte[] input) {
        try {
            assertThat(ConnectionUri.parseDuration("ttl", Seeds.text(input))).isNotNull();
        } catch (ClusterConfigurationException documented) {
            assertThat(documented).hasMessageContaining("ttl");
        }
    }

    static Stream<byte[]> addresses() {
        return Seeds.texts(
                "redis://user:s3cret@localhost:6379/0?connectTimeout=5s",
                "rediss://localhost:6379,other:6380?ca=/ca.pem",
                "redis-sentinel://s1:26379,s2:26379/0?master=main",
                "redis-cluster://[::1]:7000",
                "etcd://a:2379,b:2379?connectTimeout=1s",
                "etcds://u:p@a:2379?ca=%2Fca.pem",
                "consul://localhost:8500?token=abc&datacenter=dc1",
                "zookeeper://user:pw@a:2181,b:2181/chroot",
                "local:name?ttl=1s",
                "postgresql://u:p@h:5432/db?table=jobs&connections=4",
                "h2:./file;X=1?migrate=false",
                "jdbc:mariadb://h/db",
                "memory:?limit=10",
                "cluster:");
    }

    @MethodSource("addresses")
    @FuzzTest
    void address(byte[] input) {
        ConnectionUri uri;
        try {
            uri = ConnectionUri.parse(Seeds.text(input));
        } catch (ClusterConfigurationException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
            return;
        }
        for (ClusterProvider provider : ServiceLoader.load(ClusterProvider.class)) {
            if (provider.schemes().contains(uri.scheme())) {
                configured(provider, uri);
            }
        }
    }

    private static void configured(ClusterProvider provider, ConnectionUri uri) {
        try {
            assertThat(provider.config(uri)).isNotNull();
        } catch (ClusterConfigurationException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    /** Without halves of pairs, which UTF-8 does not have. */
    private static boolean isWhole(String text) {
        return text.chars().noneMatch(c -> c == '\uFFFD' || Character.isSurrogate((char) c));
    }
}
