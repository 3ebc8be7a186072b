package io.muster.examples.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.examples.index.FileIndex.Frequency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIndexTest {
    @TempDir
    private Path directory;

    @Test
    void sizeLinesWordsDigestAndFrequentWordsAreFound() throws IOException {
        FileIndex index = index("The cat and the dog.\nThe end, and an É-été\n");

        assertThat(index.bytes()).isEqualTo(46);
        assertThat(index.lines()).isEqualTo(2);
        assertThat(index.words()).isEqualTo(10);
        assertThat(index.sha256()).hasSize(64).matches("[0-9a-f]+");
        assertThat(index.frequent())
                .containsExactly(
                        new Frequency("the", 3),
                        new Frequency("and", 2),
                        new Frequency("cat", 1),
                        new Frequency("dog", 1),
                        new Frequency("end", 1));
    }

    @Test
    void anEmptyFileHasNothingButItsDigest() throws IOException {
        FileIndex index = index("");

        assertThat(index.bytes()).isZero();
        assertThat(index.lines()).isZero();
        assertThat(index.words()).isZero();
        assertThat(index.sha256()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(index.frequent()).isEmpty();
    }

    @Test
    void whatSpansTheReadBufferIsCountedOnce() throws IOException {
        FileIndex index = index("x".repeat(8190) + " borders " + "y".repeat(20_000));

        assertThat(index.words()).isEqualTo(3);
        assertThat(index.frequent()).contains(new Frequency("borders", 1));
    }

    @Test
    void bytesThatAreNoTextAreIndexedTheSameEveryTime() throws IOException {
        Path file = directory.resolve("bytes");
        byte[] bytes = new byte[1000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        Files.write(file, bytes);

        assertThat(FileIndex.of(file)).isEqualTo(FileIndex.of(file));
        assertThat(FileIndex.of(file).bytes()).isEqualTo(1000);
    }

    private FileIndex index(String text) throws IOException {
        return FileIndex.of(Files.writeString(directory.resolve("file.txt"), text));
    }
}
