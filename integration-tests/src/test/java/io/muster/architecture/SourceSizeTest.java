package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of 500 lines means that a concept is missing; one of 300 needs a thought. */
class SourceSizeTest {
    private static final Logger LOG = LoggerFactory.getLogger(SourceSizeTest.class);
    private static final int TOO_LONG = 500;
    private static final int WORTH_A_THOUGHT = 300;

    @Test
    void noFileHasFiveHundredLines() {
        List<Path> files = SourceTree.javaFiles();
        assertThat(files).hasSizeGreaterThan(200);
        String long300 = files.stream()
                .filter(file -> SourceTree.lines(file).size() > WORTH_A_THOUGHT)
                .map(file -> file.getFileName() + " " + SourceTree.lines(file).size())
                .collect(Collectors.joining(", "));
        LOG.info("Files over {} lines: {}", WORTH_A_THOUGHT, long300);
        assertThat(files)
                .filteredOn(file -> SourceTree.lines(file).size() > TOO_LONG)
                .isEmpty();
    }
}
