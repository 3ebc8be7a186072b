package io.muster.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PgBenchTest {
    @Test
    void theRateIsTheOneWithoutTheTimeToConnect() {
        String said =
                """
                pgbench (15.18)
                transaction type: pgbench.sql
                latency average = 1.094 ms
                initial connection time = 21.706 ms
                tps = 9140.671803 (without initial connection time)
                """;

        assertThat(PgBench.perSecond(said)).isEqualTo(9140.671803);
    }

    @Test
    void anErrorIsNoRate() {
        assertThatThrownBy(() -> PgBench.perSecond("pgbench: error: connection failed"))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("connection failed");
    }
}
