package io.muster.queue.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.Connections;
import io.muster.queue.store.StoredSchedule;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schedules of a connection that keeps nothing. */
@Tag("S1")
class LocalSchedulesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final List<String> ran = new ArrayList<>();

    record Greet(String who) {}

    @Test
    void aProcessWithoutAClusterRunsWhatIsDue() {
        try (Connections connections = open()) {
            Schedules schedules = connections.on("sync").schedules();
            schedules.schedule("greet").job(new Greet("Ada")).everyMinute().register();
            schedules.schedule("at-two").job(new Greet("Bob")).cron("2 * * * *").register();

            timeline.advance(MINUTE.multipliedBy(3).plusSeconds(1));

            assertThat(ran).containsExactlyInAnyOrder("Ada at 00:01", "Ada at 00:02", "Bob at 00:02", "Ada at 00:03");
            schedules.pause("greet");
            timeline.advance(MINUTE);
            assertThat(ran).hasSize(4);
            schedules.runNow("greet");
            assertThat(ran).hasSize(5);
        }
        timeline.advance(MINUTE.multipliedBy(60));
        assertThat(ran).hasSize(5);
    }

    @Test
    void aJobThatFailsIsLoggedAndItsScheduleGoesOn() {
        try (Connections connections = open()) {
            connections
                    .on("sync")
                    .schedule("greet")
                    .job(new Greet("nobody"))
                    .everyMinute()
                    .register();

            timeline.advance(MINUTE.multipliedBy(2).plusSeconds(1));

            assertThat(ran).containsExactly("nobody at 00:01", "nobody at 00:02");
        }
    }

    @Test
    void afterItsEndNothingCanBeRegistered() {
        LocalSchedules local = new LocalSchedules("sync", timeline, job -> {
            throw new AssertionError("nothing is due");
        });
        local.close();
        local.close();

        assertThatThrownBy(() -> local.put(new StoredSchedule("x", "v1", new byte[0]), Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private Connections open() {
        return Connections.of(Map.of())
                .timeline(timeline)
                .handle("greet", Greet.class, (greet, context) -> {
                    LocalTime now = LocalTime.ofInstant(timeline.clock().instant(), ZoneOffset.UTC);
                    ran.add(greet.who() + " at " + now.withSecond(0).withNano(0));
                    if (greet.who().equals("nobody")) {
                        throw new IllegalStateException("nobody is there");
                    }
                })
                .open();
    }
}
