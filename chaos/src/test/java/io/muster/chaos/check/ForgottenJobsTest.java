package io.muster.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.history.Kind;
import org.junit.jupiter.api.Test;

/** Of jobs that the store has forgotten by the end of a run. */
class ForgottenJobsTest {
    private static void accepts(Told told) {
        assertThat(Checker.check(told.history()).violations()).isEmpty();
    }

    private static void refuses(Told told) {
        assertThat(Checker.check(told.history()).violations()).singleElement().satisfies(violation -> {
            assertThat(violation.rule()).isEqualTo(new AcknowledgedIsSettled().sentence());
            assertThat(violation.text()).contains("UNKNOWN TO THE STORE");
        });
    }

    @Test
    void aStoreMayForgetWhatCompletedLongAgoAndNothingElse() {
        accepts(forgetful(90));
        refuses(forgetful(30));
    }

    @Test
    void ofAJobThatWasToFailAndIsForgottenTheWordOfItsNodeCounts() {
        accepts(forgotten(4));
        refuses(forgotten(3));
    }

    private static Told forgotten(int attempts) {
        Told told = new Told();
        told.events().clear();
        told.say("driver", Kind.RUN, "ttlMillis", "2000", "remembersMillis", "20000")
                .pushing("a", Work.FAILING)
                .pushed("a");
        for (int attempt = 1; attempt <= attempts; attempt++) {
            told.began("node-1", "a", attempt, attempt).ended("node-1", "a", attempt, "threw");
        }
        return told.after(30).nothingLeft();
    }

    private static Told forgetful(double secondsSince) {
        Told told = new Told();
        told.events().clear();
        return told.say("driver", Kind.RUN, "ttlMillis", "2000", "remembersMillis", "60000")
                .pushing("a", Work.PLAIN)
                .pushed("a")
                .ran("a", 1)
                .after(secondsSince)
                .nothingLeft();
    }
}
