package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Key;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("Q2")
class StoreKeysTest {
    private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");
    private static final String PLACE = "1748779200000000000001";
    private static final String NEXT_PLACE = "1748779200000000000002";

    @Test
    @Tag("Q6")
    void readyNamesSortByPriorityThenByPlace() {
        List<Key> inOrder = List.of(
                StoreKeys.ready(job("z", 1000, NEXT_PLACE)),
                StoreKeys.ready(job("y", 1, NEXT_PLACE)),
                StoreKeys.ready(job("x", 0, PLACE)),
                StoreKeys.ready(job("b", 0, NEXT_PLACE)),
                StoreKeys.ready(job("w", -1, PLACE)),
                StoreKeys.ready(job("a", -1000, PLACE)));

        assertThat(sorted(inOrder)).isEqualTo(names(inOrder));
    }

    @Test
    void delayedAndFailedNamesSortByTheirMoment() {
        JobDocument job = job("a", 0, PLACE);
        List<Key> delayed = List.of(
                StoreKeys.delayed(job, Instant.EPOCH),
                StoreKeys.delayed(job, NOW),
                StoreKeys.delayed(job, NOW.plusMillis(1)),
                StoreKeys.delayed(job, Instant.MAX));

        assertThat(sorted(delayed)).isEqualTo(names(delayed));
        assertThat(StoreKeys.momentOf(delayed.get(1))).isEqualTo(NOW);
        assertThat(StoreKeys.momentOf(StoreKeys.failed(job, NOW))).isEqualTo(NOW);
        assertThat(StoreKeys.momentOf(StoreKeys.ended(job, NOW))).isEqualTo(NOW);
        assertThat(StoreKeys.momentOf(StoreKeys.delayed(job, Instant.MIN))).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "with-hyphens-3-4", "dots.and_under~score", "0000-1-2"})
    void theIdIsFoundInEveryName(String id) {
        JobDocument job = job(id, 5, PLACE);

        assertThat(StoreKeys.jobIdOf(StoreKeys.ready(job))).isEqualTo(id);
        assertThat(StoreKeys.jobIdOf(StoreKeys.delayed(job, NOW))).isEqualTo(id);
        assertThat(StoreKeys.jobIdOf(StoreKeys.failed(job, NOW))).isEqualTo(id);
        assertThat(StoreKeys.jobIdOf(StoreKeys.ended(job, NOW))).isEqualTo(id);
        assertThat(StoreKeys.heldName(StoreKeys.held(job.assigned("node-1", "main", "n")))
                        .jobId())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "a/b", "höhe", "with space", "a-b@c%d", "..", "日本語"})
    void oddQueueAndPoolNamesComeBackAsTheyWere(String odd) {
        JobDocument held = job("a", 0, PLACE).assigned("node-1", odd, "nonce");

        assertThat(StoreKeys.queueOfMark(StoreKeys.queueMark(odd))).contains(odd);
        assertThat(StoreKeys.queueOfPause(StoreKeys.pauseMark(odd))).contains(odd);
        assertThat(StoreKeys.queueOfPause(StoreKeys.queueMark(odd))).isEmpty();
        assertThat(StoreKeys.heldName(StoreKeys.held(held)).pool()).isEqualTo(odd);
        assertThat(StoreKeys.ready(odd)).matches("store/ready/[A-Za-z0-9._~%-]+");
    }

    @Test
    void aHeldNameSaysWhatTheLeaderCounts() {
        JobDocument plain = job("a", 0, PLACE).assigned("node-1", "main", "n");
        JobDocument suspect =
                plain.with(JobState.READY, new Counters(1, 0, 0, 0, 1, 0)).assigned("node-1", "main", "m");

        assertThat(StoreKeys.heldName(StoreKeys.held(plain))).isEqualTo(new StoreKeys.HeldName("a", 1, false, "main"));
        assertThat(StoreKeys.heldName(StoreKeys.held(suspect))).isEqualTo(new StoreKeys.HeldName("a", 2, true, "main"));
    }

    @Test
    void aJobThatComesBackNeverReusesAName() {
        JobDocument first = job("a", 0, PLACE);
        JobDocument second = first.assigned("node-1", "main", "n").back();

        assertThat(StoreKeys.ready(second)).isNotEqualTo(StoreKeys.ready(first));
    }

    @Test
    void aDelayBeyondAllCalendarsIsHeldToTheLastMomentThatNamesCanSay() {
        assertThat(StoreKeys.later(NOW, Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo(Instant.ofEpochMilli(9_999_999_999_999L));
        assertThat(StoreKeys.later(NOW, Duration.ofSeconds(1))).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void anIdIsAlwaysLookedForInTheSameShard() {
        assertThat(StoreKeys.id("a")).isEqualTo(StoreKeys.id("a"));
        for (int id = 0; id < 1_000; id++) {
            assertThat(shards()).contains(StoreKeys.id("job-" + id).directory());
        }
    }

    private static List<String> shards() {
        List<String> shards = new ArrayList<>();
        for (int shard = 0; shard < StoreKeys.ID_SHARDS; shard++) {
            shards.add(StoreKeys.idShard(shard));
        }
        return shards;
    }

    private static List<String> names(List<Key> keys) {
        return keys.stream().map(Key::name).toList();
    }

    private static List<String> sorted(List<Key> keys) {
        List<String> names = new ArrayList<>(names(keys));
        Collections.shuffle(names, new Random(1));
        Collections.sort(names);
        return names;
    }

    private static JobDocument job(String id, int priority, String place) {
        NewJob job = NewJob.of(id, "default", "mail", new byte[0]).withPriority(priority);
        return JobDocument.pushed(job, place, JobState.READY);
    }
}
