package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows compiles, since it stands in this module. */
class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void itsProgramIsCompiledHere() throws IOException {
        String source = words(Files.readString(Path.of("src/main/java/io/muster/examples/SendingMail.java")));
        Matcher blocks = JAVA_BLOCK.matcher(Files.readString(Path.of("../README.md")));

        assertThat(blocks.find()).as("a program in the README").isTrue();
        do {
            for (String part : blocks.group(1).split("\\n\\n", -1)) {
                assertThat(source).contains(words(part));
            }
        } while (blocks.find());
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
