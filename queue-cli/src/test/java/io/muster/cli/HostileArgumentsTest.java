package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cli.console.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Whatever is typed, the answer is a sentence: never a stack trace, and never the secret that was typed. */
class HostileArgumentsTest {
    private static final String SECRET = "s3cr3t-Pa55";
    private static final int LINES = 3_000;
    private static final List<String> WORDS = List.of(
            "stats",
            "nodes",
            "leader",
            "push",
            "pause",
            "resume",
            "clear",
            "restart",
            "down",
            "up",
            "schedule",
            "batches",
            "failed",
            "retry",
            "forget",
            "flush",
            "monitor",
            "explain",
            "adopt",
            "schema",
            "work",
            "list",
            "run",
            "--cluster",
            "--store",
            "--namespace",
            "--queue",
            "--queues",
            "--count",
            "--delay",
            "--yes",
            "--verbose",
            "-v",
            "--max",
            "--before",
            "--type",
            "--group",
            "--json",
            "--",
            "=",
            "-1",
            "PT-9999999999S",
            "9999999999999999999",
            "default",
            "\u0000",
            "%",
            "%s%n",
            "@/nonexistent",
            "nowhere://user:" + SECRET + "@host",
            "redis://:" + SECRET + "@host:99999",
            "redis://user:" + SECRET + "@[::1",
            "postgresql://u:" + SECRET + "@/x?password=" + SECRET,
            "consul://host?token=" + SECRET,
            "--cluster=nowhere://:" + SECRET + "@h",
            "--password=" + SECRET,
            "x".repeat(5_000));

    /** As far as the command line itself is judged, without doing what it says. */
    @Test
    void noLineOfWordsIsAnsweredByAStackTraceOrBySecrets() {
        Random random = new Random(20_250_101);
        StringWriter said = new StringWriter();
        CommandLine command = command(said);
        command.setExecutionStrategy(parsed -> 0);
        for (int i = 0; i < LINES; i++) {
            List<String> line = new ArrayList<>();
            for (int words = 1 + random.nextInt(5); words > 0; words--) {
                line.add(WORDS.get(random.nextInt(WORDS.size())));
            }
            said.getBuffer().setLength(0);
            command.execute(line.toArray(String[]::new));
            check(said.toString(), line);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stats redis://:" + SECRET + "@host",
                "push --cluster nowhere://user:" + SECRET + "@host",
                "stats --cluster nowhere://user:" + SECRET + "@host",
                "stats --cluster redis://user:" + SECRET + "@host:99999",
                "stats --cluster local: --store nowhere://user:" + SECRET + "@host",
                "stats --cluster local: --store postgresql://u:" + SECRET + "@/x?password=" + SECRET + "&nonsense=1",
                "stats --password=" + SECRET,
                "stats --password " + SECRET,
                "stats --cluster redis://:pa/" + SECRET + "@host:99999",
                "stats --cluster local: --store redis://:pa/" + SECRET + "@host:99999",
                "stats --cluster consul://host?token=" + SECRET + " more"
            })
    void aLineThatIsWrongIsRefusedWithoutItsSecrets(String line) {
        check(executed(List.of(line.split(" "))), List.of(line));
    }

    private static void check(String answer, List<String> line) {
        assertThat(answer)
                .as("answer to %s", line)
                .doesNotContain(SECRET)
                .doesNotContain("\tat ")
                .doesNotContain("Exception");
    }

    private static String executed(List<String> line) {
        StringWriter said = new StringWriter();
        int code = command(said).execute(line.toArray(String[]::new));
        assertThat(code).as("exit code of %s: %s", line, said).isNotZero();
        return said.toString();
    }

    private static CommandLine command(StringWriter said) {
        PrintWriter writer = new PrintWriter(said, true);
        return Main.commandLine(Surroundings.ofThisProcess()).setOut(writer).setErr(writer);
    }
}
