package io.muster.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.examples.index.FileIndex;
import io.muster.examples.index.IndexRun;
import io.muster.examples.index.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTailTest {
    private static final FileIndex INDEX = new FileIndex(1, 2, 3, "ab", List.of());

    @TempDir
    private Path directory;

    @Test
    void resultsAreCountedOncePerJobWhileTheyAreWritten() throws IOException {
        RunTail tail = new RunTail(directory);
        assertThat(tail.done()).isZero();

        try (RunLog one = RunLog.open(directory, "node-1");
                RunLog two = RunLog.open(directory, "node-2")) {
            one.ran(begun("job-1"));
            assertThat(tail.done()).isZero();
            assertThat(tail.begunOn("node-1")).containsExactly("job-1");
            assertThat(tail.begunOn("node-2")).isEmpty();
            one.ran(begun("job-1").ended(INDEX));
            assertThat(tail.done()).isEqualTo(1);
            assertThat(tail.begunOn("node-1")).isEmpty();
            two.ran(begun("job-1").ended(INDEX));
            two.ran(begun("job-2").ended(INDEX));
            assertThat(tail.done()).isEqualTo(2);
        }
    }

    @Test
    void aLineTornByAKillIsNoResult() throws IOException {
        RunTail tail = new RunTail(directory);
        try (RunLog log = RunLog.open(directory, "node-1")) {
            log.ran(begun("job-1").ended(INDEX));
        }
        Files.writeString(directory.resolve("node-1.jsonl"), "{\"job\":\"job-2\",\"ind", StandardOpenOption.APPEND);

        assertThat(tail.done()).isEqualTo(1);
        assertThat(RunLog.readAll(directory)).containsExactly(begun("job-1").ended(INDEX));
    }

    private static IndexRun begun(String job) {
        return new IndexRun(job, "1:a.txt", "node-1", 1, 0, null);
    }
}
