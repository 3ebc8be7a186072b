package io.muster.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.benchmarks.report.Bars.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BarsTest {
    private final Figures figures = new Figures();

    @Test
    void storesThatWereNotMeasuredHaveNoBars() {
        assertThat(Bars.judge(figures)).isEmpty();

        put("etcd", Measure.DRAIN, "muster", 10);

        assertThat(Bars.judge(figures)).extracting(Verdict::store).containsOnly("etcd");
    }

    @Test
    void aStoreOnWhichOnlyOthersWereMeasuredHasNoBars() {
        put("redis", Measure.DRAIN, "bullmq", 10);

        assertThat(Bars.judge(figures)).isEmpty();
    }

    @Test
    void aBarWithoutMeasurementIsNotMetAndSaysWhy() {
        put("redis", Measure.PUSH_ONE, "muster", 10);

        Verdict drain = verdict("drain ≥ 0.5");

        assertThat(drain.met()).isFalse();
        assertThat(drain.value()).isEmpty();
        assertThat(drain).hasToString(drain.toString()).asString().endsWith("not measured");
    }

    @ParameterizedTest
    @CsvSource({"50, true", "49, false"})
    void aLeastBarIsMetAtItsLimit(double muster, boolean met) {
        put("redis", Measure.DRAIN, "muster", muster);
        put("redis", Measure.DRAIN, Figures.CEILING, 100);

        assertThat(verdict("drain ≥ 0.5").met()).isEqualTo(met);
    }

    @Test
    void aMissedBarIsSaidAloud() {
        put("redis", Measure.DRAIN, "muster", 40);
        put("redis", Measure.DRAIN, "bullmq", 10);

        assertThat(verdict("8 × BullMQ")).asString().contains("4.00").endsWith("MISSED");
    }

    @ParameterizedTest
    @CsvSource({"20, 8, true", "20, 8.1, false"})
    void onRedisTheCpuOfWorkerAndServerCountsTogether(double worker, double server, boolean met) {
        put("redis", Measure.WORKER_CPU, "muster", worker);
        put("redis", Measure.SERVER_CPU, "muster", server);

        assertThat(verdict("CPU of worker and server").met()).isEqualTo(met);
    }

    @Test
    void onPostgresqlOnlyTheWorkersCpuCounts() {
        put("postgresql", Measure.WORKER_CPU, "muster", 39);
        put("postgresql", Measure.SERVER_CPU, "muster", 500);

        assertThat(verdict("CPU of the worker").met()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"2, 8, true", "2, 9, false", "10, 19, true", "10, 21, false"})
    void latencyMayBeTwiceTheRawOneButAlwaysEightMilliseconds(double raw, double muster, boolean met) {
        put("redis", Measure.LATENCY_P99, Figures.CEILING, raw);
        put("redis", Measure.LATENCY_P99, "muster", muster);

        assertThat(verdict("latency p99").met()).isEqualTo(met);
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "zookeeper", "consul"})
    void theClusterStoreIsComparedWithHalfTheFencedRate(String store) {
        put(store, Measure.DRAIN, "muster", 20);
        put(store, Measure.DRAIN, Figures.CEILING, 100);

        Verdict drain = verdict("half the fenced batch rate");

        assertThat(drain.value()).hasValue(0.4);
        assertThat(drain.met()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"4.9, true", "5.1, false"})
    void reclaimMayTakeASecondBeyondTheSession(double seconds, boolean met) {
        put("etcd", Measure.RECLAIM, "muster", seconds);
        put("etcd", Measure.SESSION_TTL, "muster", 4);

        assertThat(verdict("reclaim").met()).isEqualTo(met);
    }

    @Test
    void callersThatDoNotBlockCountToo() {
        put("redis", Measure.PUSH_CALLERS, "bullmq", 10);
        put("redis", Measure.PUSH_CALLERS, "muster", 30);

        assertThat(verdict("50 callers").met()).isFalse();

        put("redis", Measure.PUSH_ASYNC, "muster", 60);

        assertThat(verdict("50 callers").value()).hasValue(6);
    }

    @Test
    void pgbenchIsTheMeasureOfFiftyCallersWhereItRan() {
        put("postgresql", Measure.PUSH_CALLERS, "muster", 90);
        put("postgresql", Measure.PUSH_CALLERS, Figures.CEILING, 200);

        assertThat(verdict("50 callers").met()).isFalse();

        put("postgresql", Measure.PUSH_CALLERS, "pgbench", 100);

        assertThat(verdict("50 callers ≥ 0.8 × pgbench").met()).isTrue();
    }

    @Test
    void burdensAreJudgedByTheirOwnBareDrainAndOnlyWhereTheyWereMeasured() {
        put("postgresql", Measure.DRAIN, "muster", 1000);

        assertThat(Bars.judge(figures)).noneMatch(verdict -> verdict.bar().contains("bare"));

        put("postgresql", Measure.DRAIN_FOREIGN, Figures.BARE, 100);
        put("postgresql", Measure.DRAIN_FOREIGN, "muster", 89);
        put("postgresql", Measure.DRAIN_FINISHED, Figures.BARE, 100);
        put("postgresql", Measure.DRAIN_FINISHED, "muster", 91);

        assertThat(verdict("foreign transaction").met()).isFalse();
        assertThat(verdict("finished").met()).isTrue();
        assertThat(Bars.judge(figures)).noneMatch(verdict -> verdict.bar().contains("backlog"));
    }

    @Test
    void withDistributionOffTheBarOfTheDrainHoldsToo() {
        put("redis", Measure.DRAIN, Figures.CEILING, 100);
        put("redis", Measure.DRAIN_UNDISTRIBUTED, "muster", 40);

        assertThat(verdict("distribution off ≥ 0.5").met()).isFalse();
    }

    private void put(String store, Measure measure, String system, double value) {
        figures.add(measure, system, store, 1, value);
    }

    private Verdict verdict(String words) {
        List<Verdict> found = Bars.judge(figures).stream()
                .filter(verdict -> verdict.bar().contains(words))
                .toList();
        assertThat(found).as("bars about \"%s\"", words).hasSize(1);
        return found.get(0);
    }
}
