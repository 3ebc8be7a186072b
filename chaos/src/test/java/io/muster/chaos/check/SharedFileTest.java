package io.muster.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.history.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of a paused process that has the store's file open for all others. */
class SharedFileTest {
    private static List<String> violated(String sharedFile, String fault) {
        Told told = new Told();
        told.events().clear();
        told.say("driver", Kind.RUN, "ttlMillis", "2000", "slackMillis", "500", "sharedFile", sharedFile)
                .say("driver", Kind.FAULT, "id", "1", "fault", fault, "target", "node-1", "incarnation", "x")
                .after(7)
                .say("driver", Kind.INCARNATION, "incarnation", "x", "status", "BURIED", "held", "0")
                .say("driver", Kind.HEALED, "id", "1")
                .nothingLeft();
        return Checker.check(told.history()).violations().stream()
                .map(Violation::rule)
                .toList();
    }

    @Test
    void itsPauseIsNotJudgedByTheTimeAndItsDeathIs() {
        String inTime = new ReclaimInTime().sentence();

        assertThat(violated("true", "pause node")).isEmpty();
        assertThat(violated("false", "pause node")).containsExactly(inTime);
        assertThat(violated("true", "kill node")).containsExactly(inTime);
    }
}
