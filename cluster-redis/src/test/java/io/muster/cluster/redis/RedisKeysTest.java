package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C6")
class RedisKeysTest {
    private final RedisKeys keys = new RedisKeys("shop", 3);

    @Test
    void allKeysOfANamespaceLieInOneSlot() {
        List<byte[]> all = List.of(
                keys.prefix(), keys.revision(), keys.identity(), keys.directory("jobs/high"), keys.session("0af"));

        assertThat(all.stream().map(SlotHash::getSlot)).containsOnly(SlotHash.getSlot("{muster:shop}"));
    }

    @Test
    void allKeysOfANamespaceBeginWithItsTag() {
        assertThat(Stream.of(keys.revision(), keys.identity(), keys.directory("d"), keys.session("s"))
                        .map(RedisKeysTest::text))
                .allMatch(key -> key.startsWith("{muster:shop}:"))
                .doesNotHaveDuplicates();
    }

    @Test
    void namespacesOfWhichOneIsThePrefixOfTheOtherShareNothing() {
        RedisKeys longer = new RedisKeys("shop2", 3);

        assertThat(text(longer.prefix())).doesNotStartWith(text(keys.prefix()));
        assertThat(longer.messageChannel("c")).doesNotStartWith(text(keys.channelPrefix()));
    }

    @Test
    void channelsOfTwoDatabasesDiffer() {
        RedisKeys other = new RedisKeys("shop", 4);

        assertThat(other.messageChannel("c")).isNotEqualTo(keys.messageChannel("c"));
        assertThat(other.hintChannel("d")).isNotEqualTo(keys.hintChannel("d"));
    }

    @Test
    void channelsOfDifferentUseNeverMeet() {
        assertThat(List.of(keys.messageChannel("x"), keys.hintChannel("x"), keys.pulseChannel("x"), keys.dueChannel()))
                .doesNotHaveDuplicates();
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
