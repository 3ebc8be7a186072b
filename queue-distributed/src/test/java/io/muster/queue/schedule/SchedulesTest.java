package io.muster.queue.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.StoredSchedule;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** Schedules in a memory store, fired by a chore, in manual time. */
@Tag("S1")
@Tag("S2")
class SchedulesTest {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final MemoryStore store = MemoryStore.open(new MemoryOptions(5), timeline);
    private final ScheduleChore chore = chore();
    private final Schedules schedules = new Schedules(
            store.schedules(),
            timeline,
            "ada",
            new Schedules.Pushing(
                    (binding, job) ->
                            NewJob.of("any", "default", "text", JobEnvelope.write(new Text(job), JobOptions.DEFAULT)),
                    job -> store.intake().push(List.of(job)).get(0)));

    record Text(Object text) {}

    @Test
    void theWordsForTimesCombine() {
        assertThat(cron(words().everyMinute())).isEqualTo("* * * * *");
        assertThat(cron(words().everyTwoMinutes())).isEqualTo("*/2 * * * *");
        assertThat(cron(words().everyFiveMinutes())).isEqualTo("*/5 * * * *");
        assertThat(cron(words().everyTenMinutes())).isEqualTo("*/10 * * * *");
        assertThat(cron(words().everyFifteenMinutes())).isEqualTo("*/15 * * * *");
        assertThat(cron(words().everyThirtyMinutes())).isEqualTo("*/30 * * * *");
        assertThat(cron(words().hourly())).isEqualTo("0 * * * *");
        assertThat(cron(words().hourlyAt(17))).isEqualTo("17 * * * *");
        assertThat(cron(words().everyHours(6))).isEqualTo("0 */6 * * *");
        assertThat(cron(words().daily())).isEqualTo("0 0 * * *");
        assertThat(cron(words().dailyAt("13:05"))).isEqualTo("5 13 * * *");
        assertThat(cron(words().dailyAt("9:30"))).isEqualTo("30 9 * * *");
        assertThat(cron(words().twiceDaily(1, 13))).isEqualTo("0 1,13 * * *");
        assertThat(cron(words().weekly())).isEqualTo("0 0 * * 0");
        assertThat(cron(words().weeklyOn(DayOfWeek.MONDAY, "8:00"))).isEqualTo("0 8 * * 1");
        assertThat(cron(words().monthly())).isEqualTo("0 0 1 * *");
        assertThat(cron(words().monthlyOn(4, "15:00"))).isEqualTo("0 15 4 * *");
        assertThat(cron(words().quarterly())).isEqualTo("0 0 1 1,4,7,10 *");
        assertThat(cron(words().yearly())).isEqualTo("0 0 1 1 *");
        assertThat(cron(words().yearlyOn(6, 1, "17:00"))).isEqualTo("0 17 1 6 *");
        assertThat(cron(words().weekdays().at("13:00"))).isEqualTo("0 13 * * 1-5");
        assertThat(cron(words().hourly().weekends())).isEqualTo("0 * * * 6,0");
        assertThat(cron(words().days(DayOfWeek.SUNDAY, DayOfWeek.WEDNESDAY).at("00:00")))
                .isEqualTo("0 0 * * 0,3");
        assertThat(cron(words().cron("0 9 * * *"))).isEqualTo("0 9 * * *");
    }

    @Test
    void whatIsWrongIsToldAtOnce() {
        assertThatThrownBy(() -> words().cron("0 25 * * *"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"0 25 * * *\"");
        assertThatThrownBy(() -> words().hourlyAt(75)).hasMessageContaining("75");
        assertThatThrownBy(() -> words().dailyAt("noon")).hasMessageContaining("\"noon\"");
        assertThatThrownBy(() -> words().dailyAt("13:00:30")).hasMessageContaining("no seconds");
        assertThatThrownBy(() -> words().zone("Europe/Berln"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No time zone \"Europe/Berln\"");
        assertThatThrownBy(() -> words().zone("what is this"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("what is this");
        assertThatThrownBy(() -> schedules.schedule("not plain"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not plain");
        assertThatThrownBy(() -> words().register())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no times");
        assertThatThrownBy(() -> schedules.schedule("empty").daily().register())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no job");
        assertThatThrownBy(() -> words().yearlyOn(2, 30, "00:00").register())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no such day ever comes");
        assertThatThrownBy(() -> Misfire.all(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(schedules.list()).isEmpty();
    }

    @Test
    void aScheduleFiresAtItsTicksAndSaysWhenTheNextIs() {
        ScheduleView registered = minutely("report").register();
        Instant first = registered.nextRun().orElseThrow();

        pass(Duration.between(now(), first).minusMillis(1));
        assertThat(jobs()).isEmpty();
        pass(Duration.ofMillis(2));
        assertThat(jobs()).extracting(StoredJob::id).containsExactly(Firings.idOf("report", first));
        pass(MINUTE.multipliedBy(2));

        assertThat(jobs()).hasSize(3);
        ScheduleView view = schedules.find("report").orElseThrow();
        assertThat(view.lastRun()).contains(first.plus(MINUTE.multipliedBy(2)));
        assertThat(view.nextRun()).contains(first.plus(MINUTE.multipliedBy(3)));
        assertThat(view.type()).isEqualTo("text");
        assertThat(view.level()).isEqualTo(Level.INFO);
    }

    @Test
    void whatIsRegisteredAnewUnchangedIsNotWritten() {
        minutely("report").register();
        String version = stored().version();
        pass(Duration.ofSeconds(5));

        ScheduleView again = minutely("report").register();

        assertThat(stored().version()).isEqualTo(version);
        assertThat(again).isEqualTo(schedules.list().get(0));
        schedules.schedule("report").job("another").everyMinute().register();
        assertThat(stored().version()).isNotEqualTo(version);
    }

    @Test
    void aPausedScheduleFiresNothingAndGoesOnWhenItIsResumed() {
        minutely("report").register();
        pass(MINUTE);
        schedules.pause("report");
        schedules.pause("report");
        assertThat(schedules.list().get(0).pausedBy()).contains("ada");
        assertThat(schedules.list().get(0).nextRun()).isEmpty();

        pass(MINUTE.multipliedBy(10));
        minutely("report").register();
        pass(MINUTE.multipliedBy(2));
        assertThat(jobs()).hasSize(1);

        schedules.resume("report");
        schedules.resume("report");
        pass(MINUTE);
        assertThat(jobs()).hasSize(2);
    }

    @Test
    void allCanBePausedAndResumed() {
        minutely("a").register();
        minutely("b").register();

        schedules.pauseAll();
        pass(MINUTE);
        assertThat(jobs()).isEmpty();
        schedules.resumeAll();
        pass(MINUTE);

        assertThat(jobs()).hasSize(2);
    }

    @Test
    void aRemovedScheduleFiresNothing() {
        minutely("report").register();
        pass(Duration.ofSeconds(2));

        assertThat(schedules.remove("report")).isTrue();
        assertThat(schedules.remove("report")).isFalse();

        pass(MINUTE.multipliedBy(2));
        assertThat(jobs()).isEmpty();
        assertThat(schedules.list()).isEmpty();
    }

    @Test
    void aScheduleRunsNowBesideItsTicks() {
        Instant next = minutely("report").register().nextRun().orElseThrow();

        assertThat(schedules.runNow("report")).isInstanceOf(PushOutcome.Pushed.class);

        assertThat(jobs()).hasSize(1);
        assertThat(schedules.find("report").orElseThrow().nextRun()).contains(next);
    }

    @Test
    void anUnknownNameIsNamedWithThoseThatAre() {
        minutely("report").register();

        assertThatThrownBy(() -> schedules.pause("reprt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No schedule \"reprt\"; there are report");
        assertThatThrownBy(() -> schedules.runNow("reprt")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutOverlappingATickIsLeftOutWhileAnEarlierJobLives() {
        minutely("report").withoutOverlapping().register();
        pass(MINUTE.multipliedBy(3));
        assertThat(jobs()).hasSize(1);
        assertThat(schedules.runNow("report")).isInstanceOf(PushOutcome.DuplicateOf.class);

        store.intake().clear("default", 1);
        pass(MINUTE);

        assertThat(jobs()).hasSize(1);
        assertThat(jobs().get(0).id()).endsWith(".20250101T000400Z");
    }

    @Test
    void aFullStoreIsTriedAgainUntilItHasRoom() {
        minutely("report").register();
        for (int i = 0; i < 5; i++) {
            store.intake().push(List.of(NewJob.of("filler-" + i, "other", "text", new byte[0])));
        }
        pass(MINUTE);
        assertThat(jobs()).isEmpty();

        store.intake().clear("other", 5);
        pass(Duration.ofSeconds(2));

        assertThat(jobs()).hasSize(1);
    }

    @Test
    void twoThatFireAtOnceFireEachTickOnce() {
        ScheduleChore other = chore();
        minutely("report").register();
        for (int second = 0; second < 200; second++) {
            timeline.advance(Duration.ofSeconds(1));
            chore.round(FENCE);
            other.round(FENCE);
            chore.round(FENCE);
        }

        assertThat(jobs()).hasSize(3).extracting(StoredJob::id).doesNotHaveDuplicates();
    }

    @Test
    void anIdleChoreLooksRarelyAndSleepsUntilTheNextTick() {
        schedules.schedule("daily").job("x").dailyAt("13:00").register();

        assertThat(chore.round(FENCE)).isEqualTo(Duration.ofSeconds(30));
        chore.hint();
        assertThat(chore.round(FENCE)).isEqualTo(Duration.ofSeconds(1));
        minutely("report").register();
        timeline.advance(Duration.ofSeconds(40));
        assertThat(chore.round(FENCE)).isEqualTo(Duration.ofSeconds(20).plusMillis(1));
    }

    @Test
    void anUnreadableScheduleHindersNoOther() {
        store.schedules().put(new StoredSchedule("alien", "v1", new byte[] {1, 2}), Optional.empty());
        minutely("report").register();

        pass(MINUTE);

        assertThat(jobs()).hasSize(1);
        assertThat(schedules.list()).extracting(ScheduleView::name).containsExactly("report");
        assertThatThrownBy(() -> schedules.pause("alien"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("alien");
        minutely("alien").register();
        assertThat(schedules.list()).hasSize(2);
    }

    @Test
    void aScheduleWithoutAJobIsUnreadable() {
        String document = "{\"v\":1,\"cron\":\"* * * * *\",\"zone\":\"UTC\",\"misfire\":\"ONCE\",\"misfireBound\":1,"
                + "\"misfireGrace\":\"PT1M\",\"overlap\":\"ALLOWED\",\"level\":\"INFO\","
                + "\"registeredAt\":\"1970-01-01T00:00:00Z\",\"next\":\"1970-01-01T00:00:00Z\",\"job\":{\"queue\":\"q\"}}";
        StoredSchedule empty = new StoredSchedule("empty", "v1", document.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> ScheduleDocument.read(empty))
                .isInstanceOf(ScheduleDocument.UnreadableException.class)
                .hasMessageContaining("payload");
    }

    @Test
    void aScheduleThatTheStoreRefusesHindersNoOther() {
        ScheduleChore picky = new ScheduleChore(new Picky(store.schedules()), () -> 20, timeline);
        picky.begin();
        minutely("refused").register();
        minutely("report").register();
        timeline.advance(MINUTE.multipliedBy(2));

        picky.round(FENCE);
        timeline.advance(MINUTE);
        picky.round(FENCE);

        assertThat(jobs()).isNotEmpty().allMatch(job -> job.id().contains("report"));
    }

    /** Refuses one schedule, as a store does whose limit its document would exceed. */
    private record Picky(ScheduleDesk desk) implements ScheduleDesk {
        @Override
        public List<StoredSchedule> list() {
            return desk.list();
        }

        @Override
        public Optional<StoredSchedule> find(String name) {
            return desk.find(name);
        }

        @Override
        public boolean put(StoredSchedule schedule, Optional<String> replaced) {
            return desk.put(schedule, replaced);
        }

        @Override
        public boolean remove(String name, String version) {
            return desk.remove(name, version);
        }

        @Override
        public List<FireResult> fire(Fence fence, List<Firing> firings) {
            if (firings.stream().anyMatch(firing -> firing.next().name().equals("refused"))) {
                throw new IllegalArgumentException("too long");
            }
            return desk.fire(fence, firings);
        }
    }

    private ScheduleChore chore() {
        ScheduleChore made = new ScheduleChore(store.schedules(), () -> 20, timeline);
        made.begin();
        return made;
    }

    /** Second by second, with a hint each, as a busy leader has it. */
    private void pass(Duration duration) {
        Duration left = duration;
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration step = left.compareTo(Duration.ofSeconds(1)) > 0 ? Duration.ofSeconds(1) : left;
            timeline.advance(step);
            left = left.minus(step);
            chore.hint();
            chore.round(FENCE);
        }
    }

    private Instant now() {
        return timeline.clock().instant();
    }

    private ScheduleBuilder words() {
        return schedules.schedule("words").job("x");
    }

    private ScheduleBuilder minutely(String name) {
        return schedules.schedule(name).job("x").everyMinute();
    }

    private static String cron(ScheduleBuilder builder) {
        return builder.register().cron();
    }

    private StoredSchedule stored() {
        return store.schedules().find("report").orElseThrow();
    }

    private List<StoredJob> jobs() {
        return Stream.of(JobState.READY, JobState.DELAYED)
                .flatMap(state -> store.intake().list("default", state, Optional.empty(), 100).jobs().stream())
                .toList();
    }
}
