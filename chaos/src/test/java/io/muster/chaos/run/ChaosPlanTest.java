package io.muster.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChaosPlanTest {
    private static ChaosPlan plan(Regime regime, String... faults) {
        return new ChaosPlan(
                regime,
                "etcd",
                1,
                Optional.of("postgresql"),
                Duration.ofMinutes(5),
                7,
                List.of(faults),
                3,
                2,
                6,
                Path.of("run"),
                Duration.ofSeconds(2));
    }

    @Test
    void theCommandRunsItAgain() {
        assertThat(plan(Regime.SOAK).command())
                .isEqualTo("./muster soak --cluster etcd --store postgresql --minutes 5 --seed 7");
        assertThat(plan(Regime.CHAOS, "skew-clock", "kill-leader").command())
                .isEqualTo("./muster chaos --cluster etcd --store postgresql --minutes 5 --seed 7"
                        + " --faults skew-clock,kill-leader");
    }

    @Test
    void anUnknownFaultIsRefusedWithThoseThatAreKnown() {
        assertThatThrownBy(() -> plan(Regime.CHAOS, "earthquake"))
                .isInstanceOf(ChaosException.class)
                .hasMessageContaining("\"earthquake\"")
                .hasMessageContaining("skew-clock");
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "3, 9", "10, 9", "30, 12"})
    void aSoakOfSoManyMinutesHasSoManyRestsAfterTheBaseline(int minutes, int rests) {
        assertThat(Soak.legs(Duration.ofMinutes(minutes))).isEqualTo(rests);
    }
}
