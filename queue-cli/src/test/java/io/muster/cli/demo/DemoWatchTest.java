package io.muster.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cli.console.CommandFailedException;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.examples.index.IndexFile;
import io.muster.queue.Queue;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A demo that cannot end says so and ends. */
@Timeout(30)
class DemoWatchTest {
    private final Timeline timeline = SystemTimeline.instance();
    private final StringWriter said = new StringWriter();

    @Test
    void jobsThatNobodyRunsAreGivenUp() {
        assertThatThrownBy(() -> watch(new DemoWatch.Patience(Duration.ofMillis(300), Duration.ofMinutes(1))))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("Stuck: 0 of 3 jobs")
                .hasMessageContaining("none came for")
                .hasMessageContaining("nobody ever led");
    }

    @Test
    void aDemoThatTakesTooLongIsGivenUp() {
        assertThatThrownBy(() -> watch(new DemoWatch.Patience(Duration.ofMinutes(1), Duration.ofMillis(300))))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("the time is over");
        assertThat(said.toString()).doesNotContain("Killed");
    }

    private void watch(DemoWatch.Patience patience) {
        DemoPlan plan =
                new DemoPlan("local", Optional.empty(), 3, 3, Optional.of(3), Path.of("."), DemoPlan.Kill.LEADER);
        try (Scratch scratch = Scratch.create();
                LocalCluster cluster = new LocalCluster(plan, 3, scratch, timeline);
                Queue queue = cluster.client()
                        .type(IndexFile.TYPE.name(), IndexFile.class)
                        .connect()) {
            queue.bulk("default", Collections.nCopies(3, new IndexFile("a", "1:a")));
            new DemoWatch(
                            new Stage(cluster, queue, "default", timeline),
                            new Leaders(timeline.ticker()),
                            new RunTail(scratch.results()),
                            new Progress(new PrintWriter(said), Progress.Kind.LINES, timeline.ticker(), 3),
                            3,
                            patience)
                    .untilSettled(DemoPlan.Kill.LEADER);
        }
    }
}
