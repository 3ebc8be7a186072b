package io.muster.queue.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Berlin leaves out 02:00 to 03:00 on 29 March 2026 (01:00Z) and has it twice on 25 October 2026 (00:00Z to 02:00Z). */
@Tag("S1")
class CronExpressionTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 9 * * *    | 2026-11-22T09:00:00Z",
                "*/5 * * * *  | 2026-11-21T09:05:00Z",
                "0 2 * * *    | 2026-11-22T02:00:00Z",
                "30 8 * * 1-5 | 2026-11-23T08:30:00Z",
                "0 0 * * 7    | 2026-11-22T00:00:00Z",
                "0 0 * * SUN  | 2026-11-22T00:00:00Z",
                "0 0 1,15 * * | 2026-12-01T00:00:00Z",
                "0 0 * JAN *  | 2027-01-01T00:00:00Z",
                "0 0 29 2 *   | 2028-02-29T00:00:00Z",
                "59 23 31 12 *| 2026-12-31T23:59:00Z",
            })
    void theNextTickIsTheFirstAfterTheMoment(String expression, Instant next) {
        assertThat(CronExpression.parse(expression).next(Instant.parse("2026-11-21T09:00:00Z"), UTC))
                .isEqualTo(next);
    }

    @Test
    void aTickIsNotItsOwnNext() {
        CronExpression nine = CronExpression.parse("0 9 * * *");

        assertThat(nine.next(Instant.parse("2026-11-21T09:00:00Z"), UTC)).isEqualTo("2026-11-22T09:00:00Z");
        assertThat(nine.next(Instant.parse("2026-11-21T08:59:59.999999999Z"), UTC))
                .isEqualTo("2026-11-21T09:00:00Z");
    }

    @Test
    void ofTwoRestrictedDaysEitherIsEnough() {
        assertThat(ticks("0 0 13 * 5", UTC, "2026-12-03T12:00:00Z", 3))
                .containsExactly("2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z");
    }

    @Test
    void aTimeThatTheClockLeavesOutFiresAtTheChange() {
        assertThat(ticks("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(ticks("0,20,40 2 29 3 *", BERLIN, "2026-03-28T00:00:00Z", 1))
                .containsExactly("2026-03-29T01:00:00Z");
        assertThat(ticks("0,20,40 2 * * *", BERLIN, "2026-03-29T00:59:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    }

    @Test
    void aTimeThatTheClockHasTwiceFiresOnce() {
        assertThat(ticks("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(ticks("0,30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 3))
                .containsExactly("2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z");
        assertThat(ticks("30 2 * * *", BERLIN, "2026-10-25T01:10:00Z", 1)).containsExactly("2026-10-26T01:30:00Z");
    }

    @Test
    void whatFiresEveryHourFollowsRealTimeOverBothChanges() {
        assertThat(ticks("10 * * * *", BERLIN, "2026-03-28T23:30:00Z", 3))
                .containsExactly("2026-03-29T00:10:00Z", "2026-03-29T01:10:00Z", "2026-03-29T02:10:00Z");
        assertThat(ticks("*/30 * * * *", BERLIN, "2026-10-24T23:45:00Z", 6))
                .containsExactly(
                        "2026-10-25T00:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T02:00:00Z",
                        "2026-10-25T02:30:00Z");
        assertThat(ticks("0 */2 * * *", BERLIN, "2026-03-28T22:30:00Z", 3))
                .containsExactly("2026-03-28T23:00:00Z", "2026-03-29T02:00:00Z", "2026-03-29T04:00:00Z");
    }

    @Test
    void midnightFiresEachDayAlsoWhereTheClockLeavesItOut() {
        ZoneId cairo = ZoneId.of("Africa/Cairo");

        assertThat(ticks("0 0 * * *", cairo, "2024-04-24T12:00:00Z", 3))
                .containsExactly("2024-04-24T22:00:00Z", "2024-04-25T22:00:00Z", "2024-04-26T21:00:00Z");
    }

    @Test
    void theLatestTicksOfALongTimeAreFoundWithoutGoingThroughAll() {
        Instant first = Instant.parse("2016-01-01T00:00:00Z");
        Instant until = Instant.parse("2026-11-21T09:00:30Z");

        assertThat(CronExpression.parse("* * * * *").ticks(first, until, UTC, 3))
                .containsExactly(
                        Instant.parse("2026-11-21T08:58:00Z"),
                        Instant.parse("2026-11-21T08:59:00Z"),
                        Instant.parse("2026-11-21T09:00:00Z"));
        assertThat(CronExpression.parse("0 0 1 1 *").ticks(first, until, UTC, 100))
                .hasSize(11);
        assertThat(CronExpression.parse("0 0 1 1 *").ticks(first, first, UTC, 5))
                .containsExactly(first);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 25 * * *     | Value 25 not in range [0, 23]",
                "60 * * * *     | Value 60 not in range [0, 59]",
                "*/0 * * * *    | Period 0 not in range [0, 59]",
                "5-1 * * * *    | Invalid range",
                "x * * * *      | Invalid chars",
                "* * * *        | it has 4 fields",
                "0 0 0 * * *    | it has 6 fields",
                "@daily         | it has 1 fields",
                "0 0 30 2 *     | no such day ever comes",
                "''             | it has 0 fields",
            })
    void aBadExpressionIsNamedWithWhatIsWrong(String expression, String reason) {
        assertThatThrownBy(() -> CronExpression.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + expression + "\"")
                .hasMessageContaining(reason)
                .hasMessageContaining("five fields");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0  9 * * *", " 0 9 * * * ", "0\t9 * * *"})
    void spacesDoNotMatter(String expression) {
        assertThat(CronExpression.parse(expression)).isEqualTo(CronExpression.parse("0 9 * * *"));
        assertThat(CronExpression.parse(expression)).hasToString("0 9 * * *");
    }

    private static List<String> ticks(String expression, ZoneId zone, String after, int count) {
        CronExpression cron = CronExpression.parse(expression);
        List<String> ticks = new ArrayList<>();
        Instant tick = Instant.parse(after);
        for (int i = 0; i < count; i++) {
            tick = cron.next(tick, zone);
            ticks.add(tick.toString());
        }
        return ticks;
    }
}
