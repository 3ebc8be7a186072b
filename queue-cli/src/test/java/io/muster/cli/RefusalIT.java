package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cli.Terminal.Said;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that refuse: cause and remedy in one line, exit code 1, and no secret shown. */
@Timeout(90)
class RefusalIT {
    private static final String SECRET = "right-and-secret";

    @TempDir
    private Path directory;

    @Test
    void aWrongPasswordIsSaidToBeWrong() {
        try (LocalServer server = server(ServerKind.REDIS)) {
            Said wrong = run("redis://:wrong-word@127.0.0.1:" + server.port());
            Said none = run("redis://127.0.0.1:" + server.port());
            Said right = run(server.uri().toString());

            assertRefused(wrong, "assword");
            assertThat(wrong.err()).doesNotContain("wrong-word");
            assertRefused(none, "assword");
            assertThat(right.exitCode()).as(right.err()).isZero();
        }
    }

    @Test
    void aMissingTokenIsSaidToBeMissing() {
        try (LocalServer server = server(ServerKind.CONSUL)) {
            Said wrong = run("consul://127.0.0.1:" + server.port() + "?token=wrong-word");
            Said none = run("consul://127.0.0.1:" + server.port());
            Said right = run("consul://127.0.0.1:" + server.port() + "?token=" + SECRET);

            assertRefused(wrong, "token");
            assertThat(wrong.err()).doesNotContain("wrong-word");
            assertRefused(none, "token");
            assertThat(right.exitCode()).as(right.err()).isZero();
        }
    }

    private Said run(String uri) {
        return Terminal.in(directory).run("leader", "--cluster", uri);
    }

    private static void assertRefused(Said said, String word) {
        assertThat(said.exitCode()).as(said.err()).isEqualTo(1);
        assertThat(said.err()).startsWith("leader: ").contains(word).doesNotContain("\tat ");
        assertThat(said.err().lines()).hasSize(1);
    }

    private static LocalServer server(ServerKind kind) {
        Optional<LocalServer> server =
                LocalServer.tryStart(kind, ServerOptions.forTests().withSecret(SECRET));
        Assumptions.assumeTrue(server.isPresent(), "no " + kind);
        return server.orElseThrow();
    }
}
