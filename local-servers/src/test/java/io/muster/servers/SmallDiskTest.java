package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SmallDiskTest {

    private static final int MEGABYTES = 64;

    @TempDir
    private Path directory;

    private SmallDisk disk(int megabytes) {
        return SmallDisk.tryMount(directory.resolve("disk"), megabytes)
                .orElseGet(() -> abort("this process may not mount"));
    }

    @Test
    void itIsFullUntilItIsFreedAndGoneWhenItIsClosed() throws IOException {
        SmallDisk disk = disk(1);
        Path file = disk.directory().resolve("file");

        disk.fill();
        assertThatThrownBy(() -> Files.write(file, new byte[8192])).isInstanceOf(IOException.class);

        disk.free();
        assertThat(Files.size(Files.write(file, new byte[8192]))).isEqualTo(8192);

        disk.close();
        disk.close();
        assertThat(disk.directory()).doesNotExist();
    }

    @Test
    void aServerOnAFullDiskRefusesWritesAndTakesThemWhenThereIsRoomAgain() throws Exception {
        try (SmallDisk disk = disk(MEGABYTES);
                LocalServer server = LocalServer.tryStart(
                                ServerKind.REDIS, ServerOptions.forTests().withParent(disk.directory()))
                        .orElseGet(() -> abort("no redis here"))) {
            assertThat(server.log()).startsWith(disk.directory());
            StoredValue value = StoredValue.in(server);
            value.write("before");

            disk.fill();
            assertThatThrownBy(() -> value.write("x".repeat(8192)))
                    .isInstanceOfAny(AssertionError.class, IOException.class);

            disk.free();
            assertThat(Await.until(Duration.ofSeconds(5), () -> !server.isRunning() || server.isReady()))
                    .isTrue();
            server.ensureRunning();
            assertThat(value.read()).isEqualTo("before");
            value.write("after");
        }
    }
}
