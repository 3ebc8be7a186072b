package io.muster.queue.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.schedule.Firings.Planned;
import io.muster.queue.schedule.Schedule.Overlap;
import io.muster.queue.schedule.Schedule.State;
import io.muster.queue.schedule.Schedule.Timetable;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredSchedule;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

@Tag("S1")
class FiringsTest {
    private static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final Duration SECOND = Duration.ofSeconds(1);

    record Report(String what) {}

    @Test
    void nothingIsPlannedBeforeTheTick() {
        assertThat(Firings.plan(schedule(Misfire.ONCE), NINE.minusNanos(1), 20)).isEmpty();
    }

    @Test
    void aTickOnTimeIsOneJobNamedAfterIt() {
        Planned planned = plan(Misfire.ONCE, NINE, 20);

        assertThat(planned.jobs()).extracting(NewJob::id).containsExactly("schedule.report.20261121T090000Z");
        assertThat(planned.after().state().next()).isEqualTo(NINE.plus(FIVE_MINUTES));
        assertThat(planned.after().state().last()).contains(NINE);
        assertThat(planned.missed()).isFalse();
    }

    @Test
    void onceIsOneJobForAllThatWasMissed() {
        Planned planned = plan(Misfire.ONCE, NINE.plus(Duration.ofMinutes(21)), 20);

        assertThat(planned.ticks()).containsExactly(NINE.plus(Duration.ofMinutes(20)));
        assertThat(planned.missed()).isTrue();
        assertThat(planned.after().state().next()).isEqualTo(NINE.plus(Duration.ofMinutes(25)));
    }

    @Test
    void skipLeavesLateTicksOutAndForgivesALittle() {
        Planned late = plan(Misfire.skip(), NINE.plus(Duration.ofMinutes(2)), 20);
        Planned aLittleLate = plan(Misfire.skip(), NINE.plusSeconds(50), 20);
        Planned longGone =
                plan(Misfire.skip(), NINE.plus(Duration.ofMinutes(20)).plusSeconds(3), 20);

        assertThat(late.jobs()).isEmpty();
        assertThat(late.after().state().next()).isEqualTo(NINE.plus(FIVE_MINUTES));
        assertThat(late.after().state().last()).isEmpty();
        assertThat(aLittleLate.ticks()).containsExactly(NINE);
        assertThat(longGone.ticks()).containsExactly(NINE.plus(Duration.ofMinutes(20)));
        assertThat(longGone.missed()).isTrue();
    }

    @Test
    void allFiresEachMissedTickUpToItsBoundInStepsThatTheStoreTakes() {
        Instant now = NINE.plus(Duration.ofMinutes(50)).plus(SECOND);

        Planned first = plan(Misfire.all(5), now, 3);
        Planned second = Firings.plan(first.after(), now, 3).orElseThrow();

        assertThat(first.ticks()).containsExactly(minute(30), minute(35), minute(40));
        assertThat(first.missed()).isTrue();
        assertThat(second.ticks()).containsExactly(minute(45), minute(50));
        assertThat(second.missed()).isFalse();
        assertThat(Firings.plan(second.after(), now, 3)).isEmpty();
        assertThat(plan(Misfire.all(100), now, 20).ticks()).hasSize(11);
    }

    @Test
    @Tag("S2")
    void whatIsPausedIsNotPlanned() {
        Schedule paused = schedule(Misfire.ONCE).pausedBy("ada");

        assertThat(Firings.plan(paused, NINE.plus(FIVE_MINUTES), 20)).isEmpty();
        assertThat(Firings.plan(paused.resumed(NINE.plusSeconds(90)), NINE.plusSeconds(90), 20))
                .isEmpty();
        assertThat(paused.resumed(NINE.plusSeconds(90)).state().next()).isEqualTo(NINE.plus(FIVE_MINUTES));
    }

    @Test
    @Tag("S2")
    void withoutOverlappingTheJobsHaveOneKey() {
        Schedule schedule = schedule(Misfire.ONCE);
        Schedule guarded = new Schedule(
                schedule.name(),
                schedule.timetable(),
                schedule.job(),
                Overlap.SKIPPED,
                schedule.level(),
                schedule.state());

        assertThat(Firings.plan(guarded, NINE, 20).orElseThrow().jobs().get(0).unique())
                .contains(UniqueKey.of("schedule:report"));
    }

    @Test
    void momentsCountFromTheTick() {
        byte[] payload = JobEnvelope.write(new Report("x"), JobOptions.DEFAULT.withRetryUntil(NINE.plus(FIVE_MINUTES)));
        NewJob template = NewJob.of("schedule", "default", "report", payload).withDueAt(NINE.plus(SECOND));
        Schedule schedule = schedule(Misfire.ONCE);
        Schedule delaying =
                new Schedule("report", schedule.timetable(), template, Overlap.ALLOWED, Level.INFO, schedule.state());
        Instant later = NINE.plus(Duration.ofDays(3));

        NewJob job = Firings.job(delaying, "id", later);

        assertThat(job.dueAt()).contains(later.plus(SECOND));
        assertThat(JobEnvelope.read(job.payload()).options().retryUntil()).contains(later.plus(FIVE_MINUTES));
        assertThat(Firings.job(schedule, "id", later).payload())
                .isEqualTo(schedule.job().payload());
    }

    @Test
    @Tag("S2")
    void aNewVersionKeepsATickThatIsDueAndOneThatIsTheSame() {
        Schedule former = schedule(Misfire.ONCE);
        Instant later = NINE.minus(Duration.ofMinutes(3));
        Schedule same = schedule(Misfire.all(3));
        Schedule hourly = with("30 * * * *", later);

        assertThat(same.inPlaceOf(former, later).state().next()).isEqualTo(NINE);
        assertThat(hourly.inPlaceOf(former, later).state().next()).isEqualTo("2026-11-21T09:30:00Z");
        assertThat(with("30 * * * *", NINE).inPlaceOf(former, NINE).state().next())
                .isEqualTo(NINE);
        assertThat(same.inPlaceOf(former.pausedBy("ada"), later).state().pausedBy())
                .contains("ada");
    }

    @Test
    @Tag("S2")
    void aDocumentSaysAllThatAScheduleSays() throws ScheduleDocument.UnreadableException {
        Schedule schedule = with("*/5 * * * *", NINE).pausedBy("ada");

        Schedule read = ScheduleDocument.read(new StoredSchedule("report", "v1", ScheduleDocument.write(schedule)));

        assertThat(ScheduleDocument.write(read)).isEqualTo(ScheduleDocument.write(schedule));
        assertThat(read.timetable()).isEqualTo(schedule.timetable());
        assertThat(read.state()).isEqualTo(schedule.state());
        assertThat(read.job().payload()).isEqualTo(schedule.job().payload());
    }

    private static Instant minute(int minute) {
        return NINE.plus(Duration.ofMinutes(minute));
    }

    private static Planned plan(Misfire misfire, Instant now, int most) {
        return Firings.plan(schedule(misfire), now, most).orElseThrow();
    }

    /** Each five minutes, the next time at nine, registered then. */
    private static Schedule schedule(Misfire misfire) {
        NewJob job = NewJob.of("schedule", "default", "report", JobEnvelope.write(new Report("x"), JobOptions.DEFAULT));
        return new Schedule(
                "report",
                new Timetable(CronExpression.parse("*/5 * * * *"), ZoneOffset.UTC, misfire),
                job,
                Overlap.ALLOWED,
                Level.INFO,
                new State(NINE, Optional.empty(), NINE, Optional.empty()));
    }

    private static Schedule with(String cron, Instant now) {
        Schedule schedule = schedule(Misfire.ONCE);
        Timetable timetable = new Timetable(CronExpression.parse(cron), ZoneOffset.UTC, Misfire.ONCE);
        return new Schedule(
                schedule.name(),
                timetable,
                schedule.job(),
                Overlap.ALLOWED,
                Level.INFO,
                new State(now, Optional.empty(), timetable.next(now), Optional.empty()));
    }
}
