package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.IndexHandler;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Moving a store from one coordinator to another. */
@Timeout(60)
@Tag("C11")
class AdoptTest {
    @TempDir
    private Path directory;

    private final String former = "local:" + UUID.randomUUID();
    private final String next = "local:" + UUID.randomUUID();

    @Test
    void jobsThatWereLeftAtTheFormerCoordinatorRunAtTheNextOnceItIsAdopted() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "one two three\n");
        try (Queue keepsTheStoreOpen = builder(former).connect()) {
            try (Queue node = node(former)) {
                await().until(node::leads);
                keepsTheStoreOpen.pause("default");
                run(former, "push", "--count", "3");
            }
            keepsTheStoreOpen.resume("default");
            try (Queue node = node(next)) {
                await().until(node::leads);

                Said asked = run(next, "adopt");
                assertThat(asked.exitCode()).isEqualTo(1);
                assertThat(asked.err()).contains(next.substring("local:".length()), "Nothing was changed", "--yes");
                assertThat(node.size("default").ready()).isEqualTo(3);

                JsonNode adopted = run(next, "adopt", "--json", "--yes").json();

                assertThat(adopted.get(0).get("group").asText()).isEqualTo("default");
                assertThat(adopted.get(0).get("identity").asText()).isNotEmpty();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> node.size("default").completed() == 3);
                assertThat(run(next, "adopt", "--group", "mail", "--yes").out()).contains("adopted group mail");
            }
        }
    }

    private static QueueBuilder builder(String cluster) {
        return Queue.named("adopting").cluster(cluster).store("memory:moved");
    }

    private static Queue node(String cluster) {
        return Queue.named("adopting")
                .cluster(cluster)
                .store("memory:moved")
                .handle(IndexFile.TYPE, new IndexHandler(run -> {}))
                .start();
    }

    private Said run(String cluster, String command, String... options) {
        String[] words = new String[options.length + 7];
        words[0] = command;
        words[1] = "--cluster";
        words[2] = cluster;
        words[3] = "--namespace";
        words[4] = "adopting";
        words[5] = "--store";
        words[6] = "memory:moved";
        System.arraycopy(options, 0, words, 7, options.length);
        return Terminal.in(directory).run(words);
    }
}
