package io.muster.cluster.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTest {
    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(20);
        for (int i = 0; i < length; i++) {
            int codePoint = random.nextInt(4) == 0 ? random.nextInt(0x10FFFF) : random.nextInt(128);
            text.appendCodePoint(codePoint >= 0xD800 && codePoint <= 0xDFFF ? '.' : codePoint);
        }
        return text.toString();
    }

    @Test
    void anyTextBecomesAPlainSegmentAndBackAndNoTwoMeet() {
        Random random = new Random(11);
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            String text = randomText(random);
            String segment = Key.segment(text);

            assertThat(segment).matches("[A-Za-z0-9._~%-]{1,250}").isNotIn(".", "..");
            assertThat(Key.text(segment)).isEqualTo(text);
            String before = texts.put(segment, text);
            assertThat(before == null || before.equals(text)).isTrue();
            assertThat(new Key("dir", segment).isOnce()).isFalse();
        }
    }

    @Test
    void dotsAndForeignCharactersAreEncoded() {
        assertThat(Key.segment(".")).isEqualTo("%2E");
        assertThat(Key.segment("..")).isEqualTo("%2E%2E");
        assertThat(Key.segment("...")).isEqualTo("...");
        assertThat(Key.segment("@a b/ä")).isEqualTo("%40a%20b%2F%C3%A4");
    }

    @Test
    void emptyAndOverlongNamesAreRefused() {
        assertThatThrownBy(() -> Key.segment("")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Key.segment("x".repeat(250))).hasSize(250);
        assertThatThrownBy(() -> Key.segment("x".repeat(251))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Key.segment("ä".repeat(42))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keysConsistOfPlainSegments() {
        assertThat(new Key("a/b.c", "d").path()).isEqualTo("a/b.c/d");
        assertThat(Key.once("a", "job").isOnce()).isTrue();
        for (String directory : new String[] {"", "/a", "a/", "a//b", "a/../b", "a b"}) {
            assertThatThrownBy(() -> new Key(directory, "x")).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : new String[] {"", "a/b", "..", "ä", "a b"}) {
            assertThatThrownBy(() -> new Key("dir", name)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
