package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.spi.Key;
import io.muster.fuzz.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** What the scripts answer of entries that anybody may have changed: each is an entry, or left out. */
class RedisEntriesFuzzTest {
    static Stream<byte[]> entries() {
        return Seeds.texts(
                "name|value|5|4|", "name|value|5|4|session", "not a key|v|1|1|", "name|v|x|y|", "name|-|5|-|", "");
    }

    /** Fields with bars between them, in the place of a reply; a hyphen is none. */
    @MethodSource("entries")
    @FuzzTest
    void entry(byte[] input) {
        List<byte @Nullable []> reply = new ArrayList<>();
        for (String field : Arrays.copyOf(Seeds.text(input).split("\\|", -1), 5)) {
            reply.add(field == null || field.equals("-") ? null : Seeds.bytes(field));
        }
        if (reply.get(0) == null) {
            return; // The script repeats the name that it was asked for.
        }
        new RedisEntries()
                .entries("store/ready", List.of(reply))
                .forEach(entry -> assertThat(Key.isSegment(entry.key().name())).isTrue());
    }
}
