package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes tests that are skipped for want of a server visible: notes one file per missing server, which {@link SkipReport}
 * counts at the end of the build, and fails instead where the user demanded that nothing is missing.
 */
public final class SkippedServers {

    private SkippedServers() {}

    /**
     * Notes that tests are skipped. Noting the same server again replaces the reason.
     *
     * @param server a short name such as {@link ServerKind#id()}
     * @param reason why, and what would help
     * @throws IllegalStateException if {@link ServerEnvironment#REQUIRED_VARIABLE} demands this server
     */
    public static void note(String server, String reason) {
        note(server, reason, ServerEnvironment.ofThisProcess());
    }

    static void note(String server, String reason, ServerEnvironment environment) {
        Path notes = environment.skippedServers();
        try {
            Files.createDirectories(notes);
            Files.writeString(notes.resolve(server + ".txt"), reason + System.lineSeparator());
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot note a skipped server in " + notes, failed);
        }
        if (environment.isRequired(server)) {
            throw new IllegalStateException("%s demands %s, which is missing: %s"
                    .formatted(ServerEnvironment.REQUIRED_VARIABLE, server, reason));
        }
    }
}
