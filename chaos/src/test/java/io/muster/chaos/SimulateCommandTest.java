package io.muster.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SimulateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void runsTheSeedsThatItIsTold() {
        assertThat(run("--seeds", "3", "--from", "11", "--threads", "2")).isZero();
        assertThat(out.toString()).startsWith("3 seeds from 11 on, ").contains("no promise broken");
    }

    @ParameterizedTest
    @CsvSource({"--seeds,0", "--from,-1", "--threads,0"})
    void refusesNumbersBelowOne(String option, String value) {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(option + " must be 1 or more, not " + value);
    }

    private int run(String... args) {
        return new CommandLine(new SimulateCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
