package io.muster.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    @TempDir
    private Path folder;

    @Test
    void linesOfAllProcessesAreReadInTheOrderOfTime() throws IOException {
        try (Scribe first = Scribe.of("node-1", folder);
                Scribe second = Scribe.of("client-1", folder)) {
            first.write(Kind.BEGAN, Map.of("job", "a \"quoted\" one"));
            second.write(Kind.PUSHED, Map.of("plan", "b"));
            first.write(Kind.ENDED, Map.of("fence", "12"));
        }

        History history = History.read(folder);

        assertThat(history.events()).extracting(Event::kind).containsExactly(Kind.BEGAN, Kind.PUSHED, Kind.ENDED);
        assertThat(history.events().get(0).text("job")).isEqualTo("a \"quoted\" one");
        assertThat(history.events().get(2).number("fence")).isEqualTo(12);
        assertThat(history.events().get(1).process()).isEqualTo("client-1");
        assertThat(history.torn()).isZero();
    }

    @Test
    void aLineThatWasCutOffIsCountedAndTheNextLifeGoesOn() throws IOException {
        Path file = folder.resolve("node-1" + Scribe.SUFFIX);
        try (Scribe scribe = Scribe.of("node-1", folder)) {
            scribe.write(Kind.STARTED, Map.of());
        }
        Files.writeString(file, "{\"nanos\":12,\n", StandardOpenOption.APPEND);
        try (Scribe scribe = Scribe.of("node-1", folder)) {
            scribe.write(Kind.STARTED, Map.of());
        }

        History history = History.read(folder);

        assertThat(history.of(Kind.STARTED)).hasSize(2);
        assertThat(history.torn()).isOne();
    }
}
