package io.muster.chaos.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.check.Checker;
import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class DrawingTest {
    private static final long SECOND = 1_000_000_000;

    private static Event at(int second, String process, Kind kind, Map<String, String> said) {
        return new Event(second * SECOND, second * 1000L, process, kind, said);
    }

    private static History history() {
        return new History(
                List.of(
                        at(1, "driver", Kind.RUN, Map.of("pair", "a & <b>", "command", "x")),
                        at(2, "node-1", Kind.STARTED, Map.of("role", "node")),
                        at(2, "client-1", Kind.STARTED, Map.of("role", "client")),
                        at(3, "node-1", Kind.LEADER, Map.of("term", "1", "node", "node-1", "incarnation", "i")),
                        at(4, "client-1", Kind.PUSHED, Map.of("plan", "p", "outcome", "unknown", "why", "a < b")),
                        at(5, "node-1", Kind.BEGAN, Map.of("job", "j", "fence", "1")),
                        at(6, "node-1", Kind.ENDED, Map.of("job", "j", "fence", "1", "how", "done")),
                        at(7, "driver", Kind.FAULT, Map.of("id", "1", "fault", "kill node", "target", "node-1")),
                        at(9, "driver", Kind.HEALED, Map.of("id", "1")),
                        at(10, "driver", Kind.LEFT, Map.of("live", "2", "which", "j & k"))),
                0);
    }

    @Test
    void thePageShowsLanesFaultsAndViolations() {
        String page = Drawing.page(history(), Checker.check(history()));

        assertThat(page)
                .contains(">node-1</text>", ">client-1</text>", ">coordinator</text>")
                .contains("node-1: kill node at 00:06.000 for 2.0 s")
                .contains("2 jobs never ended")
                .contains("a &amp; &lt;b&gt;")
                .doesNotContain("<b>a", "<script");
    }

    @Test
    void whatWasUsedAtRestIsDrawn() {
        List<Event> events = new ArrayList<>(history().events());
        events.add(at(11, "driver", Kind.REST, Map.of("rest", "1", "which", "BASELINE")));
        events.add(at(12, "node-1", Kind.RESTED, Map.of("rest", "1", "pid", "7", "heap", "2097152")));
        events.add(at(13, "driver", Kind.RESTED, Map.of("rest", "1", "of", "store", "keys", "12")));
        History soak = new History(events, 0);

        assertThat(Drawing.page(soak, Checker.check(soak)))
                .contains("<figcaption>heap</figcaption>", "node-1 at 00:11.000: 2.0 MiB")
                .contains("<figcaption>store keys</figcaption>", "store at 00:12.000: 12");
        assertThat(Drawing.page(history(), Checker.check(history()))).doesNotContain("figcaption>");
    }

    @Test
    void theChartIsWellFormed() throws Exception {
        String page = Drawing.page(history(), Checker.check(history()));
        String svg = page.substring(page.lastIndexOf("<svg"), page.lastIndexOf("</svg>") + "</svg>".length());

        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                        .getElementsByTagName("rect")
                        .getLength())
                .isGreaterThan(5);
    }
}
