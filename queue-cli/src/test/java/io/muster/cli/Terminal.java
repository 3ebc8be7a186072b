package io.muster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.cli.console.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Runs commands in this JVM as a person would, and keeps what they say. */
final class Terminal {
    private final Surroundings surroundings;

    Terminal(Path directory, Map<String, String> environment) {
        this.surroundings = new Surroundings(environment, directory, directory, false);
    }

    static Terminal in(Path directory) {
        return new Terminal(directory, Map.of());
    }

    /** What a command answered. */
    record Said(int exitCode, String out, String err) {
        /** The last line of standard output as JSON. */
        JsonNode json() {
            List<String> lines = out.lines().toList();
            try {
                return new ObjectMapper().readTree(lines.get(lines.size() - 1));
            } catch (IOException e) {
                throw new UncheckedIOException(out, e);
            }
        }
    }

    Said run(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command =
                Main.commandLine(surroundings).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = command.execute(words);
        return new Said(exitCode, out.toString(), err.toString());
    }
}
