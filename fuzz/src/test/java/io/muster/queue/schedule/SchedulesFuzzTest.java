package io.muster.queue.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.fuzz.Seeds;
import io.muster.queue.store.StoredSchedule;
import java.time.Instant;
import java.time.ZoneId;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Cron expressions, and schedules as stores keep them. */
class SchedulesFuzzTest {
    private static final Instant NOW = Instant.parse("2026-03-29T00:30:00Z");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    static Stream<byte[]> expressions() {
        return Seeds.texts(
                "*/5 * * * *", "0 13 1-7,15 1,6 1-5", "0 0 29 2 *", "59 23 31 12 7", "* * * * MON", "0 0 L * 1#2");
    }

    @MethodSource("expressions")
    @FuzzTest
    void cron(byte[] input) {
        try {
            CronExpression cron = CronExpression.parse(Seeds.text(input));
            assertThat(cron.next(NOW, BERLIN)).isAfter(NOW);
            assertThat(CronExpression.parse(cron.toString())).isEqualTo(cron);
        } catch (IllegalArgumentException documented) {
            assertThat(documented.getMessage()).startsWith("Bad cron expression");
        }
    }

    static Stream<byte[]> documents() {
        return Seeds.texts(
                "{\"v\":1,\"cron\":\"0 13 * * *\",\"zone\":\"Europe/Berlin\",\"misfire\":\"SKIP\",\"misfireBound\":1,"
                        + "\"misfireGrace\":\"PT1M\",\"overlap\":\"ALLOWED\",\"level\":\"INFO\","
                        + "\"registeredAt\":\"2026-01-01T00:00:00Z\",\"next\":\"2026-01-01T13:00:00Z\","
                        + "\"job\":{\"queue\":\"default\",\"type\":\"t\",\"payload\":\"e30=\",\"priority\":0,\"maxCrashes\":3,"
                        + "\"unique\":\"k\",\"uniqueUntil\":\"SETTLED\",\"uniqueFor\":\"PT5S\",\"overlapKey\":\"o\"}}",
                "{\"v\":1}",
                "null",
                "");
    }

    @MethodSource("documents")
    @FuzzTest
    void schedule(byte[] input) {
        try {
            Schedule schedule = ScheduleDocument.read(new StoredSchedule("s", "1", input));
            StoredSchedule written = new StoredSchedule("s", "1", ScheduleDocument.write(schedule));
            assertThat(ScheduleDocument.write(ScheduleDocument.read(written))).isEqualTo(written.document());
        } catch (ScheduleDocument.UnreadableException documented) {
            assertThat(documented.getMessage()).isNotNull();
        }
    }
}
