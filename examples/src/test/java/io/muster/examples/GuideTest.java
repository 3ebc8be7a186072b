package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guide shows compiles and runs, since it stands in this module. */
@Tag("O3")
class GuideTest {
    private static final Pattern CLASS = Pattern.compile("`(?:service\\.)?([A-Z][a-z]\\w+)`");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("../docs/guide"))) {
            return pages
                    .filter(page -> page.toString().endsWith(".md") && !page.endsWith("examples.md"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @Test
    void theIndexLeadsToEveryPage() throws IOException {
        String index = Files.readString(Path.of("../docs/guide/README.md"));
        try (Stream<Path> pages = Files.list(Path.of("../docs/guide"))) {
            assertThat(pages.map(page -> page.getFileName().toString()).filter(name -> !name.equals("README.md")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(index).contains("](" + name + ")"));
        }
    }

    @Test
    void theTableOfExamplesNamesEveryProgramAndNoOther() throws IOException {
        String table = Files.readString(Path.of("../docs/guide/examples.md"));
        List<String> programs;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            programs = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .toList();
        }
        List<String> named = CLASS.matcher(table)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
        List<String> shown;
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/muster/examples"))) {
            shown = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> read(file).contains("static void main("))
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    .toList();
        }

        assertThat(programs).containsAll(named);
        assertThat(named).containsAll(shown);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsProgramsAreCompiledHere(Path page) throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(GuideTest::read)
                    .toList();
        }
        Matcher blocks = JAVA_BLOCK.matcher(Files.readString(page));

        assertThat(blocks.find()).as("a program in %s", page).isTrue();
        do {
            for (String part : blocks.group(1).split("\\n\\n", -1)) {
                assertThat(sources.stream().anyMatch(source -> source.contains(words(part))))
                        .as("stands in an example: %s", part)
                        .isTrue();
            }
        } while (blocks.find());
    }

    private static String read(Path file) {
        try {
            return words(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
