package io.muster.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/** Inputs to begin with. */
public final class Seeds {
    private Seeds() {}

    public static Stream<byte[]> texts(String... texts) {
        return Arrays.stream(texts).map(Seeds::bytes);
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
