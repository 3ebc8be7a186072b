package io.muster.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Inputs like the seeds and not quite: the same for the same random numbers. */
public final class Mutations {
    private static final List<String> WORDS = List.of(
            "null",
            "[null]",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "9223372036854775808",
            "1e999999",
            "-9223372036854775808",
            "%",
            "%2",
            "%zz",
            "\u0000",
            "\uD800",
            "0000-00-00T00:00:00Z",
            "PT9223372036854775807S",
            "+1000000000-12-31T23:59:59.999999999Z",
            "\"@class\":\"javax.script.ScriptEngineManager\",",
            "\"@type\":\"java.util.HashMap\",",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
            "/",
            "@",
            "-",
            ",",
            ":",
            "\n");

    private Mutations() {}

    public static byte[] of(List<byte[]> seeds, Random random) {
        byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            input = once(input, seeds, random);
        }
        return input;
    }

    private static byte[] once(byte[] input, List<byte[]> seeds, Random random) {
        int at = random.nextInt(input.length + 1);
        int end = at + random.nextInt(input.length - at + 1);
        return switch (random.nextInt(6)) {
            case 0 -> joined(input, at, new byte[0], end);
            case 1 -> joined(input, at, word(random), at);
            case 2 -> joined(input, at, word(random), end);
            case 3 -> joined(input, at, octets(random), Math.min(input.length, at + 1));
            case 4 -> joined(input, end, part(input, at, end), end);
            default -> joined(input, at, seeds.get(random.nextInt(seeds.size())), end);
        };
    }

    private static byte[] word(Random random) {
        return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] octets(Random random) {
        byte[] octets = new byte[1 + random.nextInt(4)];
        random.nextBytes(octets);
        return octets;
    }

    private static byte[] part(byte[] input, int from, int to) {
        return Arrays.copyOfRange(input, from, to);
    }

    /** What stands before {@code from}, the middle, and what stands from {@code to} on. */
    private static byte[] joined(byte[] input, int from, byte[] middle, int to) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(input, 0, from);
        all.writeBytes(middle);
        all.write(input, to, input.length - to);
        return all.toByteArray();
    }
}
