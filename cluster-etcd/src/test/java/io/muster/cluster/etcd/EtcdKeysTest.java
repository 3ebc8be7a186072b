package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.muster.cluster.spi.Key;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EtcdKeysTest {
    private final EtcdKeys keys = new EtcdKeys("app");

    @Test
    void aKeyIsReadBackFromWhatIsStored() {
        for (Key key : List.of(new Key("jobs", "a"), new Key("jobs/ready/low", "@b%2F"), new Key("0", "-"))) {
            assertThat(keys.key(keys.key(key))).contains(key);
        }
    }

    @Test
    void aDirectoryIsOneRangeOfItsDirectChildren() {
        List<Key> children = List.of(new Key("jobs", "-"), new Key("jobs", "0"), new Key("jobs", "~"));
        List<Key> others = List.of(
                new Key("jobs/deeper", "a"),
                new Key("jobs/-", "a"),
                new Key("jobs/0", "a"),
                new Key("jobs/~", "a"),
                new Key("jobs0", "a"),
                new Key("jobs-", "a"),
                new Key("job", "s"));

        assertThat(children).allMatch(key -> inRange(keys.key(key), "jobs"));
        assertThat(others).noneMatch(key -> inRange(keys.key(key), "jobs"));
        assertThat(inRange(keys.own("identity"), "jobs")).isFalse();
    }

    @Test
    void childrenAreKeptInTheOrderOfTheirNames() {
        List<String> names = List.of("%41", "-", ".x", "0", "1", "10", "2", "@a", "A", "_", "a", "aa", "~");

        for (int i = 1; i < names.size(); i++) {
            ByteSequence earlier = keys.key(new Key("d", names.get(i - 1)));
            ByteSequence later = keys.key(new Key("d", names.get(i)));
            ByteSequence after = keys.childAfter("d", names.get(i - 1));

            assertThat(compare(earlier, later)).isNegative();
            assertThat(compare(earlier, after)).isNegative();
            assertThat(compare(after, later)).isNotPositive();
        }
    }

    @Test
    void namespacesThatBeginAlikeDoNotMix() {
        ByteSequence foreign = new EtcdKeys("app2").key(new Key("jobs", "a"));

        assertThat(foreign.startsWith(keys.namespace())).isFalse();
        assertThat(keys.key(new Key("jobs", "a")).startsWith(keys.namespace())).isTrue();
    }

    @Test
    void aStoredValueIsAboveTheBoundaryIfAndOnlyIfItIsBound() {
        byte[] high = {(byte) 0xff, (byte) 0xff};

        for (byte[] value : List.of(new byte[0], new byte[1], high)) {
            assertThat(compare(EtcdKeys.unbound(value), EtcdKeys.boundary())).isNegative();
            assertThat(compare(EtcdKeys.bound(value), EtcdKeys.boundary())).isPositive();
        }
    }

    private boolean inRange(ByteSequence key, String directory) {
        return compare(keys.firstChild(directory), key) <= 0 && compare(key, keys.endOfChildren(directory)) < 0;
    }

    private static int compare(ByteSequence a, ByteSequence b) {
        return Arrays.compareUnsigned(a.getBytes(), b.getBytes());
    }
}
