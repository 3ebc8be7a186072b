package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.JobState;
import io.muster.queue.store.Retention;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that must not run before a moment. */
public abstract class DelayContract extends StoreContract {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONGER = Duration.ofMillis(1100);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    @Tag("Q4")
    void aDelayedJobIsNotAssignedBeforeItIsDueAndIsReadyAfterwards() {
        Instant due = environment.now().plus(SHORT);
        push(job("a").withDueAt(due));
        admit("n1");

        assertThat(state("a")).isEqualTo(JobState.DELAYED);
        assertThat(find("a").dueAt())
                .hasValueSatisfying(at -> assertThat(at).isBetween(due.minusMillis(1), due.plusMillis(1)));
        assertThat(tend().promoted()).isZero();
        assertThat(assign("n1", 5)).isZero();

        environment.pass(LONGER);

        assertThat(tend().promoted()).isEqualTo(1);
        assertThat(ids(run("n1", 5))).containsExactly("a");
    }

    @Test
    @Tag("Q4")
    void aJobThatIsDueAlreadyIsReadyAtOnce() {
        push(job("a").withDueAt(environment.now().minus(HOUR)));

        assertThat(state("a")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("Q4")
    void tendingSaysWhenTheNextJobIsDue() {
        assertThat(tend().nextDue()).isEmpty();
        Instant early = environment.now().plus(HOUR);
        push(job("late").withDueAt(early.plus(HOUR)), job("early").withDueAt(early));

        assertThat(tend().nextDue())
                .hasValueSatisfying(next -> assertThat(next).isBetween(early.minusMillis(1), early.plusMillis(1)));
    }

    @Test
    @Tag("Q4")
    void jobsBecomeReadyInTheOrderOfTheirMomentsBehindWhatIsReady() {
        Instant now = environment.now();
        push(
                job("third").withDueAt(now.plusMillis(900)),
                job("first").withDueAt(now.plusMillis(300)),
                job("second").withDueAt(now.plusMillis(600)),
                job("ready"));
        admit("n1");

        environment.pass(LONGER);
        tend();

        assertThat(ids(run("n1", 5))).containsExactly("ready", "first", "second", "third");
    }

    @Test
    @Tag("Q6")
    void priorityHoldsForJobsThatWereDelayedToo() {
        push(
                job("ready"),
                job("urgent").withPriority(5).withDueAt(environment.now().plus(SHORT)));
        admit("n1");
        environment.pass(LONGER);
        tend();

        assertThat(ids(run("n1", 5))).containsExactly("urgent", "ready");
    }

    @Test
    @Tag("Q4")
    void tendingPromotesNoMoreThanItsLimitEachTime() {
        Instant due = environment.now().plus(SHORT);
        IntStream.range(0, 10).forEach(i -> push(job("job-" + i).withDueAt(due)));
        environment.pass(LONGER);

        TendReport first = store.leader().tend(FENCE, Retention.DEFAULT, environment.now(), 4);
        TendReport second = store.leader().tend(FENCE, Retention.DEFAULT, environment.now(), 4);
        TendReport third = store.leader().tend(FENCE, Retention.DEFAULT, environment.now(), 4);

        assertThat(first.promoted()).isEqualTo(4);
        assertThat(first.nextDue()).isPresent();
        assertThat(second.promoted()).isEqualTo(4);
        assertThat(third.promoted()).isEqualTo(2);
        assertThat(third.nextDue()).isEmpty();
    }

    @Test
    @Tag("J8")
    void aJobReleasedForLaterWaitsItsTime() {
        push("a");
        admit("n1");

        settle(runOne("n1"), new Settlement.Released(SHORT, Settlement.Why.EXCEPTION));

        assertThat(state("a")).isEqualTo(JobState.DELAYED);
        assertThat(find("a").holder()).isEmpty();
        assertThat(assign("n1", 5)).isZero();
        environment.pass(LONGER);
        tend();
        assertThat(runOne("n1").counters().exceptions()).isEqualTo(1);
    }

    @Test
    @Tag("C7")
    void reservingPromotesWhatIsDue() {
        push(job("a").withDueAt(environment.now().plus(SHORT)));
        admit("n1");
        assertThat(store.nodes().reserve(grant("n1", 5), environment.now()).total())
                .isZero();

        environment.pass(LONGER);

        assertThat(store.nodes().reserve(grant("n1", 5), environment.now()).total())
                .isEqualTo(1);
        assertThat(ids(take("n1", 5))).containsExactly("a");
    }

    @Test
    @Tag("Q4")
    void aDelayBeyondAllCalendarsIsKeptAndNeverDue() {
        push("a");
        admit("n1");

        settle(runOne("n1"), new Settlement.Released(Duration.ofSeconds(Long.MAX_VALUE), Settlement.Why.ASKED));

        assertThat(state("a")).isEqualTo(JobState.DELAYED);
        assertThat(tend().promoted()).isZero();
    }
}
