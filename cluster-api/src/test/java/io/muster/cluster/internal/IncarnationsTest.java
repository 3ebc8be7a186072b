package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.time.SystemTimeline;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C1")
class IncarnationsTest {
    @Test
    void namesArePlainUniqueAndSortByTime() {
        Incarnations incarnations = new Incarnations(SystemTimeline.instance());
        Set<String> names = new HashSet<>();
        String first = incarnations.next();

        for (int i = 0; i < 10_000; i++) {
            String name = incarnations.next();
            assertThat(name).matches("[0-9a-z]{25}");
            assertThat(name.substring(0, 9)).isGreaterThanOrEqualTo(first.substring(0, 9));
            names.add(name);
        }

        assertThat(names).hasSize(10_000);
    }
}
