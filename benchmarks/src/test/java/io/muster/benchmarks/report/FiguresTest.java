package io.muster.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private final Figures figures = new Figures();

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Figures.median(new double[] {9, 1, 5})).isEqualTo(5);
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(Figures.median(new double[] {4, 1, 2, 9})).isEqualTo(3);
    }

    @Test
    void aRowHasMedianAndRangeOfItsRounds() {
        drain("muster", 30, 10, 20);

        Row row = row(Measure.DRAIN, "muster");

        assertThat(row.median()).isEqualTo(20);
        assertThat(row.min()).isEqualTo(10);
        assertThat(row.max()).isEqualTo(30);
        assertThat(row.rounds()).isEqualTo(3);
    }

    @Test
    void aRatioIsTheMedianOfTheRatiosOfEachRoundAndNotTheRatioOfTheMedians() {
        drain("muster", 10, 100, 30);
        drain(Figures.CEILING, 100, 110, 60);

        assertThat(row(Measure.DRAIN, "muster").ratioToCeiling()).hasValue(0.5);
    }

    @Test
    void onlyRoundsThatBothHaveAreCompared() {
        drain("muster", 10, 20, 30);
        figures.add(Measure.DRAIN, "bullmq", "redis", 2, 5);

        assertThat(figures.ratio(Measure.DRAIN, "muster", Measure.DRAIN, "bullmq", "redis"))
                .hasValue(4);
    }

    @Test
    void whatWasNotMeasuredHasNoRatio() {
        drain("muster", 10);

        assertThat(figures.ratio(Measure.DRAIN, "muster", Measure.DRAIN, "bullmq", "redis"))
                .isEmpty();
        assertThat(row(Measure.DRAIN, "muster").ratioToCeiling()).isEmpty();
        assertThat(figures.find(Measure.DRAIN, "bullmq", "redis")).isEmpty();
    }

    @Test
    void nothingIsDividedByZero() {
        drain("muster", 10, 10);
        drain(Figures.CEILING, 0, 20);

        assertThat(row(Measure.DRAIN, "muster").ratioToCeiling()).hasValue(0.5);
    }

    @Test
    void storesAreNotMixed() {
        drain("muster", 10);
        figures.add(Measure.DRAIN, Figures.CEILING, "postgresql", 1, 100);

        assertThat(row(Measure.DRAIN, "muster").ratioToCeiling()).isEmpty();
    }

    @Test
    void everyDrainIsComparedWithTheCeilingOfOneNode() {
        drain(Figures.CEILING, 100);
        figures.add(Measure.DRAIN_THREE, "muster", "redis", 1, 40);
        figures.add(Measure.DRAIN_BACKLOG, "muster", "redis", 1, 30);

        assertThat(row(Measure.DRAIN_THREE, "muster").ratioToCeiling()).hasValue(0.4);
        assertThat(row(Measure.DRAIN_BACKLOG, "muster").ratioToCeiling()).hasValue(0.3);
    }

    @Test
    void theCeilingIsNoRatioOfItself() {
        drain(Figures.CEILING, 100);

        assertThat(row(Measure.DRAIN, Figures.CEILING).ratioToCeiling()).isEmpty();
    }

    @Test
    void aBurdenedDrainIsComparedWithTheBareOneOfItsOwnMeasure() {
        drain("muster", 1000);
        figures.add(Measure.DRAIN_BACKLOG, Figures.BARE, "redis", 1, 50);
        figures.add(Measure.DRAIN_BACKLOG, "muster", "redis", 1, 45);

        assertThat(row(Measure.DRAIN_BACKLOG, "muster").ratioToBare()).hasValue(0.9);
        assertThat(row(Measure.DRAIN_BACKLOG, Figures.BARE).ratioToBare()).isEmpty();
        assertThat(row(Measure.DRAIN, "muster").ratioToBare()).isEmpty();
    }

    @Test
    void rowsStandInTheOrderInWhichTheyWereFirstMeasured() {
        drain(Figures.CEILING, 100);
        drain("muster", 10);
        drain(Figures.CEILING, 100, 110);

        assertThat(figures.rows()).extracting(Row::system).containsExactly(Figures.CEILING, "muster");
    }

    @Test
    void everyDrainHasMeasuresOfItsOwn() {
        List<Measure> all = Stream.of(Drain.values())
                .flatMap(drain -> Stream.of(drain.rate(), drain.workerCpu(), drain.serverCpu()))
                .toList();

        assertThat(all).doesNotHaveDuplicates();
        assertThat(all).filteredOn(Measure::isRate).hasSize(Drain.values().length);
    }

    @Test
    void measuresHaveNamesOfTheirOwn() {
        Set<Measure> all = EnumSet.allOf(Measure.class);

        assertThat(all).extracting(Measure::id).doesNotHaveDuplicates();
        assertThat(all)
                .allSatisfy(measure -> assertThat(Measure.of(measure.id())).contains(measure));
    }

    private void drain(String system, double... rounds) {
        for (int round = 1; round <= rounds.length; round++) {
            figures.add(Measure.DRAIN, system, "redis", round, rounds[round - 1]);
        }
    }

    private Row row(Measure measure, String system) {
        return figures.find(measure, system, "redis").orElseThrow();
    }
}
