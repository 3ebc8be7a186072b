package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.worker.PoolBench.Work;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a pool does after a take that gave it all it had asked for. */
class FilledTakeTest {
    private final PoolBench bench = new PoolBench();

    /** Else a node that reserves for itself would wait for its backstop after every full take. */
    @Test
    @Tag("C7")
    void aPoolThatGotAllItAskedForAsksForMoreWithItsNextTrip() {
        bench.pool(1);
        bench.end(Duration.ofMillis(10));
        bench.push("first", Work.lasting(Duration.ofMillis(100)));
        bench.assign(1);
        bench.end(Duration.ofMillis(50));
        bench.desk.exchanges.clear();

        bench.end(Duration.ofMillis(150));

        assertThat(bench.desk.exchanges)
                .filteredOn(exchange -> !exchange.settlements().isEmpty())
                .hasSize(1)
                .allMatch(exchange -> exchange.take() == 1);
    }
}
