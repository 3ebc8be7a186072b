package io.muster.formal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The actions of the model are named in the README, with methods that are there. */
class MethodsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z][\\w, ]*) \\| (.*) \\|$");
    private static final Pattern METHOD = Pattern.compile("`(\\w+)\\.(\\w+)`");

    @Test
    void everyActionOfTheModelHasItsRow() {
        String next = text(ModelChecker.MODEL).split("(?m)^Next ==", -1)[1].split("(?m)^Spec ==", -1)[0];
        Set<String> actions = words(next, "\\b([A-Z][A-Za-z]+)\\b(?!\\s*:)", Set.of("Nodes", "Jobs"));

        Set<String> rows = ROW.matcher(text(Path.of("README.md")))
                .results()
                .flatMap(row -> Stream.of(row.group(1).split(", ", -1)))
                .filter(word -> !word.equals("Action"))
                .collect(Collectors.toSet());

        assertThat(rows).containsExactlyInAnyOrderElementsOf(actions);
    }

    @Test
    void everyMethodInTheTableIsThere() {
        List<MatchResult> methods =
                METHOD.matcher(text(Path.of("README.md"))).results().toList();

        assertThat(methods).hasSizeGreaterThan(25).allSatisfy(method -> assertThat(sources(method.group(1)))
                .as("a source of %s with a method %s", method.group(1), method.group(2))
                .anyMatch(source -> Pattern.compile("\\b(class|interface) " + method.group(1) + "\\b")
                                .matcher(source)
                                .find()
                        && Pattern.compile("\\b" + method.group(2) + "\\(")
                                .matcher(source)
                                .find()));
    }

    /** Where a type of this name may be written: in a file of its own, or within another. */
    private static List<String> sources(String type) {
        try (Stream<Path> files = Files.walk(Path.of(".."), 12)) {
            return files.filter(file -> file.toString().contains("/src/main/java/"))
                    .filter(file -> file.getFileName().toString().equals(type + ".java")
                            || file.getFileName().toString().equals("JobStore.java"))
                    .map(MethodsTest::text)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> words(String text, String pattern, Set<String> but) {
        Set<String> found = Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(word -> word.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        found.removeAll(but);
        return found;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
