package io.muster.chaos.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each series is written by hand: the first value is the baseline, the last one that of the end. */
class DriftTest {
    private static final long MIB = 1 << 20;

    private static History told(String process, String of, String figure, String[] lives, long... values) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            Rest rest = i == 0 ? Rest.BASELINE : i == values.length - 1 ? Rest.LAST : Rest.BETWEEN;
            events.add(event(2 * i, "driver", Kind.REST, Map.of("rest", "" + i, "which", rest.name())));
            Map<String, String> said = new LinkedHashMap<>(Map.of("rest", "" + i, figure, "" + values[i]));
            if (!of.isEmpty()) {
                said.put("of", of);
            }
            if (lives.length > 0) {
                said.put("pid", lives[Math.min(i, lives.length - 1)]);
            }
            events.add(event(2 * i + 1, process, Kind.RESTED, said));
        }
        return new History(events, 0);
    }

    private static Event event(int second, String process, Kind kind, Map<String, String> said) {
        return new Event(second * 1_000_000_000L, second * 1000L, process, kind, said);
    }

    private static History heap(long... mebibytes) {
        long[] bytes = new long[mebibytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = mebibytes[i] * MIB;
        }
        return told("node-1", "", "heap", new String[] {"7"}, bytes);
    }

    private static List<String> growth(History history) {
        return Drift.of(history).stream().map(Drift.Growth::text).toList();
    }

    @Test
    void aLeakIsFoundUnderWayAndAtTheEnd() {
        assertThat(growth(heap(20, 21, 23, 25, 27, 29, 31, 33, 35)))
                .containsExactly(
                        "node-1 heap: 35.0 MiB at the end, 20.0 MiB at the baseline; up to 27.0 MiB is allowed",
                        "node-1 heap: 31.0 MiB in the last third of the rests, 21.0 MiB in the first third;"
                                + " up to 26.1 MiB is allowed");
    }

    @Test
    void aLeakThatIsGivenBackAtTheEndIsFoundToo() {
        assertThat(growth(heap(20, 21, 23, 25, 27, 29, 31, 33, 20)))
                .hasSize(1)
                .allMatch(text -> text.contains("third"));
    }

    @Test
    void aSawtoothIsNoDrift() {
        assertThat(growth(heap(20, 21, 30, 22, 31, 21, 30, 22, 31, 21, 22))).isEmpty();
    }

    @Test
    void oneHighFigureIsNoDrift() {
        assertThat(growth(heap(20, 20, 20, 20, 20, 20, 20, 60, 20))).isEmpty();
    }

    @Test
    void aFewRestsAreJudgedByTheEndOnly() {
        assertThat(growth(heap(20, 21, 29, 36, 22))).isEmpty();
        assertThat(growth(heap(20, 21, 22, 36))).hasSize(1).allMatch(text -> text.contains("at the end"));
    }

    @Test
    void whatIsBegunAnewIsComparedWithItself() {
        String[] lives = {"7", "7", "7", "7", "7", "7", "7", "8", "8", "8", "8", "8", "8", "8"};
        long[] threads = {20, 20, 20, 20, 20, 20, 20, 60, 60, 60, 60, 60, 60, 20};

        assertThat(growth(told("node-2", "", "threads", lives, threads))).isEmpty();

        threads[threads.length - 1] = 60;
        assertThat(growth(told("node-2", "", "threads", lives, threads)))
                .containsExactly("node-2 threads: 60 at the end, 20 at the baseline; up to 32 is allowed");
    }

    @Test
    void rowsThatFinishedJobsLeaveUnderWayAreNoDriftButAtTheEndTheyAreGone() {
        String[] none = {};

        assertThat(growth(told("driver", "store", "muster_job", none, 0, 150, 90, 170, 120, 160, 130, 110, 2)))
                .isEmpty();
        assertThat(growth(told("driver", "store", "muster_job", none, 0, 150, 90, 170, 120, 160, 130, 110, 40)))
                .containsExactly("store muster_job: 40 at the end, 0 at the baseline; up to 8 is allowed");
        assertThat(growth(told("driver", "store", "muster_node", none, 3, 50, 100, 150, 200, 250, 300, 350, 3)))
                .hasSize(1)
                .allMatch(text -> text.startsWith("store muster_node: 300 in the last third"));
    }

    @Test
    void whatIsRememberedOfTheLostIsNoDrift() {
        String[] none = {};
        List<Event> events = new ArrayList<>(told("driver", "store", "muster_node", none, 3, 3, 3, 3, 3, 3, 3, 12)
                .events());

        assertThat(growth(new History(events, 0))).hasSize(1).allMatch(text -> text.contains("up to 11 is allowed"));

        events.add(event(1, "driver", Kind.INCARNATION, Map.of("incarnation", "b")));
        assertThat(growth(new History(events, 0))).isEmpty();
    }

    @Test
    void eachFigureIsShownFromTheBaselineToTheEnd() {
        assertThat(Drift.figures(heap(20, 21, 30, 22)))
                .containsEntry("at rest: node-1 heap", "20.0 MiB, at most 30.0 MiB, at the end 22.0 MiB");
        assertThat(Drift.figures(new History(List.of(), 0))).isEmpty();
    }
}
