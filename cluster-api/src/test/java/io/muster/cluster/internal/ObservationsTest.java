package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C3")
class ObservationsTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private long nowNanos;
    private final Observations observations = new Observations(() -> nowNanos);

    private static Entry entry(String name, long version) {
        return new Entry(new Key("leases", name), new byte[0], new Version(version, 0), 1, Optional.empty());
    }

    private void pass(long millis) {
        nowNanos += Duration.ofMillis(millis).toNanos();
    }

    @Test
    void aRecordIsOverOnceItWasSeenUnchangedForItsTtlAndOnePercent() {
        assertThat(observations.unchangedFor(entry("k", 1), TTL)).isFalse();
        pass(10_099);
        assertThat(observations.unchangedFor(entry("k", 1), TTL)).isFalse();
        pass(1);
        assertThat(observations.unchangedFor(entry("k", 1), TTL)).isTrue();
    }

    @Test
    void aTtlThatNanosecondsDoNotHoldIsNeverOver() {
        Duration endless = Duration.ofMillis(Long.MAX_VALUE);

        assertThat(observations.unchangedFor(entry("k", 1), endless)).isFalse();
        pass(1_000_000_000);
        assertThat(observations.unchangedFor(entry("k", 1), endless)).isFalse();
    }

    @Test
    void everyChangeBeginsTheWaitAnew() {
        assertThat(observations.unchangedFor(entry("k", 1), TTL)).isFalse();
        pass(10_000);
        assertThat(observations.unchangedFor(entry("k", 2), TTL)).isFalse();
        pass(10_000);
        assertThat(observations.unchangedFor(entry("k", 2), TTL)).isFalse();
    }

    @Test
    void onlyTheMostRecentTenThousandAreRemembered() {
        assertThat(observations.unchangedFor(entry("first", 1), TTL)).isFalse();
        for (int i = 0; i < 10_000; i++) {
            assertThat(observations.unchangedFor(entry("k" + i, 1), TTL)).isFalse();
        }
        pass(20_000);

        assertThat(observations.unchangedFor(entry("first", 1), TTL)).isFalse();
        assertThat(observations.unchangedFor(entry("k9999", 1), TTL)).isTrue();
    }
}
