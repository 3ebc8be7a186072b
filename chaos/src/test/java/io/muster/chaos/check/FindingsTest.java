package io.muster.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import org.junit.jupiter.api.Test;

/** What the checker says beside violations: figures, and that it saw only a part. */
class FindingsTest {
    @Test
    void aHistoryThatLostLinesIsRefused() {
        History torn = new History(new Told().nothingLeft().events(), 1);
        assertThat(Checker.check(torn).violations())
                .extracting(Violation::text)
                .anyMatch(text -> text.contains("cut off"));
    }

    @Test
    void aReclaimIsNotJudgedWhereTheDriverLostItsSessionToo() {
        Told late = new Told()
                .say("driver", Kind.FAULT, "id", "1", "fault", "kill node", "target", "node-1", "incarnation", "x")
                .say("driver", Kind.SHAKEN, "state", "LOST")
                .after(20)
                .say("driver", Kind.INCARNATION, "incarnation", "x", "status", "BURIED", "held", "0")
                .nothingLeft();

        assertThat(Checker.check(late.history()).violations()).isEmpty();
        assertThat(Checker.check(late.history()).figures()).containsEntry("sessions lost by the driver", "1");
    }

    @Test
    void howLongNothingWasSettledIsToldByFault() {
        Told told = new Told()
                .pushing("a", Work.PLAIN)
                .pushed("a")
                .say("node-1", Kind.LEADER, "term", "1", "node", "node-1", "incarnation", "x")
                .ran("a", 1)
                .say("driver", Kind.FAULT, "id", "1", "fault", "kill leader", "target", "node-1")
                .after(3)
                .say("node-2", Kind.LEADER, "term", "2", "node", "node-2", "incarnation", "y")
                .say("driver", Kind.HEALED, "id", "1")
                .ran("b", 2)
                .ends("a", "COMPLETED")
                .nothingLeft();

        assertThat(Checker.check(told.history()).figures())
                .containsEntry(
                        "- kill leader", "1, nothing settled for at most 8000 ms, next leader after 3000 to 3000 ms");
    }
}
