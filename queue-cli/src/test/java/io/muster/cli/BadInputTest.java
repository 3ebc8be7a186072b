package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cli.Terminal.Said;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that cannot work: cause and remedy in a line, exit code 1, soon. */
@Timeout(60)
class BadInputTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    @Test
    void anUnknownSchemeIsAnsweredWithTheKnownOnes() {
        Said said = Terminal.in(directory).run("stats", "--cluster", "rediss+typo://localhost:1");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("rediss+typo").contains("local").contains("zookeeper");
    }

    @Test
    void textThatIsNoAddressIsAnsweredWithItsForm() {
        Said said = Terminal.in(directory).run("nodes", "--cluster", "localhost");

        assertFailed(said, "nodes");
        assertThat(said.err()).contains("scheme://");
    }

    @Test
    void anUnknownStoreIsNamed() {
        Said said = Terminal.in(directory).run("stats", "--cluster", "local:", "--store", "flash:");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("flash").contains("memory");
    }

    @Test
    void anUnknownSettingOfAnAddressIsAnsweredWithTheNearest() {
        Said said = Terminal.in(directory).run("stats", "--cluster", "local:", "--store", "memory:?maxJob=5");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("maxJob").contains("did you mean \"maxJobs\"?");
    }

    @Test
    void anUnknownSettingInTheFileIsAnsweredWithTheNearest() throws IOException {
        Files.writeString(directory.resolve("muster.properties"), "muster.cluster=local:\nmuster.worker-cuont=3\n");

        Said said = Terminal.in(directory).run("stats");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("muster.worker-cuont").contains("did you mean \"muster.worker-count\"?");
    }

    @Test
    void anUnreadableConfigFileIsNamed() {
        Said said = Terminal.in(directory).run("stats", "--config", "nowhere.properties");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("nowhere.properties");
    }

    @Test
    void aCoordinatorInsideThisProcessHasNobodyToAsk() {
        Said said = Terminal.in(directory).run("stats", "--cluster", "local:alone");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("inside one process").contains("--cluster");
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Said said = Terminal.in(directory).run("push", "--cluster", "local:", "--input", "/nowhere/at/all");

        assertFailed(said, "push");
        assertThat(said.err()).contains("/nowhere/at/all");
    }

    @Test
    void anUnknownServerForTheDemoIsAnsweredWithTheKnownOnes() throws IOException {
        Files.writeString(directory.resolve("file.txt"), "content");

        Said said = Terminal.in(directory).run("demo", "--cluster", "rdis");

        assertFailed(said, "demo");
        assertThat(said.err()).contains("rdis").contains("redis").contains("embedded");
    }

    @Test
    void anUnknownStoreForTheDemoIsAnsweredWithTheKnownOnes() throws IOException {
        Files.writeString(directory.resolve("file.txt"), "content");

        Said said = Terminal.in(directory).run("demo", "--cluster", "local", "--store", "postgre");

        assertFailed(said, "demo");
        assertThat(said.err()).contains("postgre").contains("postgresql").contains("h2");
    }

    @Test
    void aDemoOfProcessesCannotShareMemory() throws IOException {
        Files.writeString(directory.resolve("file.txt"), "content");

        Said said = Terminal.in(directory).run("demo", "--cluster", "redis", "--store", "memory:");

        assertFailed(said, "demo");
        assertThat(said.err()).contains("one process");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "etcd", "consul", "zookeeper"})
    void aServerThatIsNotThereIsNamedWithinItsTimeout(String scheme) throws IOException {
        String uri = scheme + "://127.0.0.1:" + portOfNobody();
        long before = System.nanoTime();

        Said said = Terminal.in(directory).run("leader", "--cluster", uri);

        assertFailed(said, "leader");
        assertThat(said.err()).contains("127.0.0.1").containsPattern("heck that|Is the agent running");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "etcd", "consul", "zookeeper"})
    void aServerThatNeverAnswersDoesNotHangACommand(String scheme) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String uri = scheme + "://127.0.0.1:" + silent.getLocalPort();
            long before = System.nanoTime();

            Said said = Terminal.in(directory).run("stats", "--cluster", uri);

            assertFailed(said, "stats");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
        }
    }

    @Test
    void aPasswordIsNeverShown() throws IOException {
        String uri = "redis://:s3cr3t-word@127.0.0.1:" + portOfNobody();

        Said said = Terminal.in(directory).run("--verbose", "stats", "--cluster", uri);

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.err()).contains("\tat ").doesNotContain("s3cr3t-word");
    }

    @Test
    void optionsBeatTheConfigFileWhichBeatsTheEnvironmentWhichBeatsTheDirectory() throws IOException {
        Files.writeString(directory.resolve("muster.properties"), "muster.cluster=from-directory:\n");
        Files.writeString(directory.resolve("own.properties"), "muster.cluster=from-config:\n");
        Terminal withVariable = new Terminal(directory, Map.of("MUSTER_CLUSTER", "from-environment:"));

        assertThat(Terminal.in(directory).run("stats").err()).contains("from-directory");
        assertThat(withVariable.run("stats").err()).contains("from-environment");
        assertThat(withVariable.run("stats", "--config", "own.properties").err())
                .contains("from-config");
        assertThat(withVariable
                        .run("stats", "--config", "own.properties", "--cluster", "from-option:")
                        .err())
                .contains("from-option");
    }

    @Test
    void everySettingHasAVariable() {
        Terminal terminal =
                new Terminal(directory, Map.of("MUSTER_CLUSTER", "local:", "MUSTER_SESSION_TTL", "tomorrow"));

        Said said = terminal.run("stats");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("muster.session-ttl=tomorrow").contains("not a duration");
    }

    @Test
    void aConnectionSaysWhereItsJobsAre() throws IOException {
        String port = Integer.toString(portOfNobody());
        Terminal terminal = new Terminal(
                directory,
                Map.of("QUEUE_CONNECTION", "redis", "QUEUE_REDIS_PORT", port, "QUEUE_REDIS_PASSWORD", "s3cr3t-word"));

        Said said = terminal.run("stats");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("localhost:" + port).doesNotContain("s3cr3t-word");
        assertThat(terminal.run("stats", "--connection", "null").err())
                .contains("\"null\"")
                .contains("keeps no jobs");
        assertThat(terminal.run("stats", "--connection", "orders").err()).contains("No connection \"orders\"");
        assertThat(terminal.run("stats", "--store", "memory:").exitCode()).isEqualTo(2);
    }

    @Test
    void anUnknownVariableOfAConnectionIsAnsweredWithTheNearest() {
        Terminal terminal = new Terminal(directory, Map.of("QUEUE_CONNECTION", "redis", "QUEUE_REDIS_PROT", "1"));

        Said said = terminal.run("stats");

        assertFailed(said, "stats");
        assertThat(said.err()).contains("QUEUE_REDIS_PROT").contains("did you mean \"QUEUE_REDIS_PORT\"?");
    }

    private static void assertFailed(Said said, String command) {
        assertThat(said.exitCode()).as(said.err()).isEqualTo(1);
        assertThat(said.err()).startsWith(command + ": ").doesNotContain("\tat ");
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.out()).isEmpty();
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
