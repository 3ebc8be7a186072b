package io.muster.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.benchmarks.report.Drain;
import io.muster.benchmarks.report.Measure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelectionTest {
    @ParameterizedTest
    @EnumSource(Measure.class)
    void withoutWordsEverythingIsWanted(Measure measure) {
        Selection all = Selection.of(List.of());

        assertThat(all.measure(measure)).isTrue();
        assertThat(all.names(measure)).isFalse();
        assertThat(all.plain()).isTrue();
    }

    @Test
    void theMemoryStoreTakesPartOnlyIfItIsNamed() {
        assertThat(Selection.of(List.of()).store("memory")).isFalse();
        assertThat(Selection.of(List.of("memory")).store("memory")).isTrue();
        assertThat(Selection.of(List.of("memory")).store("redis")).isFalse();
    }

    @Test
    void wordsOfOneKindDoNotNarrowTheOthers() {
        Selection redis = Selection.of(List.of("redis"));

        assertThat(redis.store("postgresql")).isFalse();
        assertThat(redis.system("bullmq")).isTrue();
        assertThat(redis.measure(Measure.RECLAIM)).isTrue();
    }

    @Test
    void theBeginningOfANameNamesAllThatBeginLikeIt() {
        Selection latency = Selection.of(List.of("latency"));

        assertThat(latency.measure(Measure.LATENCY_P50)).isTrue();
        assertThat(latency.measure(Measure.HALF_MAX)).isTrue();
        assertThat(latency.measure(Measure.DRAIN)).isFalse();
    }

    @Test
    void drainsUnderABurdenAreNotNamedByTheWordDrain() {
        Selection drain = Selection.of(List.of("muster", "redis", "drain"));

        assertThat(drain.measure(Measure.DRAIN)).isTrue();
        assertThat(drain.measure(Measure.DRAIN_THREE)).isTrue();
        assertThat(drain.measure(Measure.DRAIN_BACKLOG)).isFalse();
    }

    @Test
    void extrasNamesAllOfThemAndNothingElse() {
        Selection extras = Selection.of(List.of("extras"));

        assertThat(Extras.of("postgresql")).allMatch(drain -> Extras.isWanted(extras, drain));
        assertThat(extras.measure(Measure.DRAIN)).isFalse();
        assertThat(extras.plain()).isFalse();
    }

    @Test
    void anExtraCanBeNamedAlone() {
        Selection backlog = Selection.of(List.of("drain-backlog"));

        assertThat(Extras.isWanted(backlog, Drain.BACKLOG)).isTrue();
        assertThat(Extras.isWanted(backlog, Drain.FINISHED)).isFalse();
    }

    @Test
    void foreignTransactionsAreForSqlAndAMillionJobsNotForACoordinator() {
        assertThat(Extras.of("redis")).doesNotContain(Drain.FOREIGN).contains(Drain.BACKLOG);
        assertThat(Extras.of("etcd")).isEmpty();
    }

    @Test
    void aWordThatNamesNothingIsAnErrorThatSaysWhatThereIs() {
        assertThatThrownBy(() -> Selection.of(List.of("drian")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("drian", "muster", "postgresql", "drain-1-node", "extras");
    }
}
