package io.muster.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoReportTest {
    private static DemoReport report(int lost, int wrong, Optional<String> kill, int reclaimed) {
        return new DemoReport(
                "somewhere",
                Optional.of("elsewhere"),
                2000,
                400,
                lost,
                wrong,
                2003,
                3,
                0,
                Map.of("node-1", 700, "node-2", 1300),
                List.of(new DemoReport.LeaderTerm("node-1", 3), new DemoReport.LeaderTerm("node-2", 9)),
                kill,
                reclaimed,
                Optional.of(Duration.ofMillis(4100)),
                Optional.of(Duration.ofMillis(4200)),
                Duration.ofMillis(9000),
                Duration.ofMillis(15_250));
    }

    @Test
    void itIsGoodIfNothingIsLostOrWrongAndAKillCostSomethingThatCameBack() {
        assertThat(report(0, 0, Optional.of("kill -9"), 1).isGood()).isTrue();
        assertThat(report(0, 0, Optional.empty(), 0).isGood()).isTrue();
        assertThat(report(0, 0, Optional.of("kill -9"), 0).isGood()).isFalse();
        assertThat(report(1, 0, Optional.empty(), 0).isGood()).isFalse();
        assertThat(report(0, 1, Optional.of("kill -9"), 1).isGood()).isFalse();
    }

    @Test
    void itsMapHasThePromisedNames() {
        Map<String, Object> map = new java.util.LinkedHashMap<>(
                report(0, 0, Optional.of("kill -9"), 12).asMap());

        assertThat(map)
                .containsEntry("jobs", 2000)
                .containsEntry("lost", 0)
                .containsEntry("wrong", 0)
                .containsEntry("reclaimed", 12)
                .containsEntry("handlerRuns", 2003)
                .containsEntry("perNode", Map.of("node-1", 700, "node-2", 1300))
                .containsEntry("newLeaderMillis", 4100L)
                .containsEntry("reclaimMillis", 4200L)
                .containsEntry("kill", "kill -9")
                .containsEntry("cluster", "somewhere")
                .containsEntry("store", "elsewhere")
                .containsEntry("seconds", 15.25)
                .containsKey("leaders");
    }

    @Test
    void theTableSaysWhatThereIsToKnow() {
        String table = ReportTable.of(report(0, 0, Optional.of("kill -9"), 12));

        assertThat(table)
                .containsPattern("node-2 +1300 +9")
                .containsPattern("crashes +3")
                .containsPattern("retries +0")
                .containsPattern("handler runs +2003")
                .containsPattern("kill to new leader +4100 ms")
                .containsPattern("kill to last job reclaimed +4200 ms")
                .contains("nothing was lost");
    }

    @Test
    void theTableSaysWhyItFailed() {
        assertThat(ReportTable.of(report(2, 1, Optional.empty(), 0)))
                .contains("FAILED: 2 jobs lost, 1 with a wrong result");
        assertThat(ReportTable.of(report(0, 0, Optional.of("kill -9"), 0))).contains("FAILED: the killed leader");
    }
}
