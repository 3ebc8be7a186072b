package io.muster.queue.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("K6")
class OrdersTest {
    private static Orders.Standing standing(String name, String value) {
        return Orders.standing(new Entry(
                new Key("orders", name),
                value.getBytes(StandardCharsets.UTF_8),
                new Version(1, 0),
                1,
                Optional.empty()));
    }

    @Test
    void anOrderIsObeyedUnderItsOwnNameOnly() {
        String order = "{\"number\":7,\"by\":\"me\",\"reason\":\"why\",\"atMillis\":5}";

        assertThat(standing("maintenance", order).maintenance()).isPresent();
        assertThat(standing("restart", order).restart()).isEqualTo(7);
        assertThat(standing("other", order)).isEqualTo(Orders.Standing.NONE);
    }

    @Test
    void anOrderAboveWhichNoneCouldBeGivenIsNotObeyed() {
        String order = "{\"number\":" + Long.MAX_VALUE + ",\"by\":\"nobody\",\"reason\":\"\",\"atMillis\":5}";

        assertThat(standing("maintenance", order)).isEqualTo(Orders.Standing.NONE);
        assertThat(standing("restart", order)).isEqualTo(Orders.Standing.NONE);
    }
}
