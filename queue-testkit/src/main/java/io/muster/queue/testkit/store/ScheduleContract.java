package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Subscription;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoredSchedule;
import io.muster.queue.store.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schedules: written by compare, fired in one operation. */
public abstract class ScheduleContract extends StoreContract {
    private static final String NAME = "nightly-report";

    @Test
    @Tag("S2")
    void aScheduleIsKeptAsItWasWritten() {
        byte[] bytes = {0, 1, -1, 127, -128, 13, 10};
        assertThat(desk().put(new StoredSchedule(NAME, "v1", bytes), Optional.empty()))
                .isTrue();
        assertThat(desk().put(schedule("a~schedule.of_mine", "v2"), Optional.empty()))
                .isTrue();

        assertThat(desk().find(NAME)).hasValueSatisfying(found -> {
            assertThat(found.version()).isEqualTo("v1");
            assertThat(found.document()).isEqualTo(bytes);
        });
        assertThat(desk().find("unknown")).isEmpty();
        assertThat(environment.openStore().schedules().list())
                .extracting(StoredSchedule::name)
                .containsExactly("a~schedule.of_mine", NAME);
    }

    @Test
    @Tag("S2")
    void aWriteThatExpectsAnotherVersionChangesNothingAndSaysSo() {
        assertThat(desk().put(schedule(NAME, "v2"), Optional.of("v1"))).isFalse();
        assertThat(desk().find(NAME)).isEmpty();

        desk().put(schedule(NAME, "v1"), Optional.empty());

        assertThat(desk().put(schedule(NAME, "v2"), Optional.empty())).isFalse();
        assertThat(desk().put(schedule(NAME, "v2"), Optional.of("v0"))).isFalse();
        assertThat(version()).isEqualTo("v1");
        assertThat(desk().put(schedule(NAME, "v2"), Optional.of("v1"))).isTrue();
        assertThat(version()).isEqualTo("v2");
    }

    @Test
    @Tag("S2")
    void ofTwoWritersOneWins() {
        JobStore other = environment.openStore();
        int won = 0;
        for (int round = 0; round < 10; round++) {
            String name = NAME + round;
            won += count(Together.run(
                    2, i -> (i == 0 ? store : other).schedules().put(schedule(name, "by-" + i), Optional.empty())));
        }

        assertThat(won).isEqualTo(10);
    }

    @Test
    @Tag("S2")
    void aRemovedScheduleIsGoneUnlessItHasAnotherVersion() {
        desk().put(schedule(NAME, "v1"), Optional.empty());

        assertThat(desk().remove(NAME, "v0")).isFalse();
        assertThat(version()).isEqualTo("v1");
        assertThat(desk().remove(NAME, "v1")).isTrue();
        assertThat(desk().remove(NAME, "v1")).isFalse();

        assertThat(desk().list()).isEmpty();
        assertThat(desk().put(schedule(NAME, "v2"), Optional.empty())).isTrue();
    }

    @Test
    @Tag("S2")
    void aDocumentThatIsTooLargeIsRefused() {
        byte[] large = new byte[store.capabilities().mostPayloadBytes() + 1];

        assertThatThrownBy(() -> desk().put(new StoredSchedule(NAME, "v1", large), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(NAME);
        assertThat(desk().list()).isEmpty();
    }

    @Test
    @Tag("S1")
    void aFiringSetsTheScheduleAndPushesItsJobs() {
        desk().put(schedule(NAME, "v1"), Optional.empty());
        admit("n1");

        List<FireResult> results = fire(FENCE, firing("v1", "v2", job("tick-1"), job("tick-2")));

        assertThat(results)
                .containsExactly(new FireResult.Fired(
                        List.of(new PushOutcome.Pushed("tick-1"), new PushOutcome.Pushed("tick-2"))));
        assertThat(version()).isEqualTo("v2");
        assertThat(desk().find(NAME).orElseThrow().document())
                .isEqualTo(schedule(NAME, "v2").document());
        assertThat(ids(run("n1", 2))).containsExactly("tick-1", "tick-2");
    }

    @Test
    @Tag("S1")
    void aFiringFromAnotherVersionDoesNothing() {
        desk().put(schedule(NAME, "v1"), Optional.empty());
        fire(FENCE, firing("v1", "v2", job("tick-1")));

        assertThat(fire(FENCE, firing("v1", "v3", job("tick-9")))).containsExactly(new FireResult.Moved());

        assertThat(version()).isEqualTo("v2");
        assertThat(store.intake().find("tick-9")).isEmpty();
    }

    @Test
    @Tag("S1")
    void aScheduleThatIsGoneFiresNothingEvenIfItIsWrittenAnew() {
        desk().put(schedule(NAME, "v1"), Optional.empty());
        desk().remove(NAME, "v1");
        assertThat(fire(FENCE, firing("v1", "v2", job("tick-1")))).containsExactly(new FireResult.Moved());

        desk().put(schedule(NAME, "v5"), Optional.empty());
        assertThat(fire(FENCE, firing("v1", "v2", job("tick-1")))).containsExactly(new FireResult.Moved());

        assertThat(store.intake().find("tick-1")).isEmpty();
    }

    @Test
    @Tag("S1")
    void eachFiringOfABatchHasItsOwnOutcome() {
        desk().put(schedule("a", "v1"), Optional.empty());
        desk().put(schedule("b", "v1"), Optional.empty());
        desk().put(schedule("c", "v1"), Optional.empty());

        List<FireResult> results = fire(
                FENCE,
                new Firing("v1", schedule("a", "v2"), List.of(job("of-a"))),
                new Firing("v0", schedule("b", "v2"), List.of(job("of-b"))),
                new Firing("v1", schedule("c", "v2"), List.of()));

        assertThat(results)
                .containsExactly(
                        new FireResult.Fired(List.of(new PushOutcome.Pushed("of-a"))),
                        new FireResult.Moved(),
                        new FireResult.Fired(List.of()));
        assertThat(desk().list()).extracting(StoredSchedule::version).containsExactly("v2", "v1", "v2");
        assertThat(store.intake().find("of-b")).isEmpty();
    }

    @Test
    @Tag("S1")
    void aFiringUnderAnOlderTermOrAnotherIdentityDoesNothing() {
        desk().put(schedule(NAME, "v1"), Optional.empty());
        store.leader().install(NEWER);

        assertThatThrownBy(() -> fire(FENCE, firing("v1", "v2", job("tick-1"))))
                .isInstanceOf(StaleFenceException.class);
        assertThatThrownBy(() -> fire(new Fence("default", "coordinator-b", 99), firing("v1", "v2", job("tick-1"))))
                .isInstanceOf(ForeignFenceException.class);

        assertThat(version()).isEqualTo("v1");
        assertThat(store.intake().find("tick-1")).isEmpty();
    }

    @Test
    @Tag("S1")
    void aFiringInstallsItsFence() {
        desk().put(schedule(NAME, "v1"), Optional.empty());

        fire(NEWER, firing("v1", "v2", job("tick-1")));

        assertThatThrownBy(() -> store.leader().install(FENCE)).isInstanceOf(StaleFenceException.class);
    }

    @Test
    @Tag("S1")
    void ofTwoLeadersThatFireTheSameTickOneFires() {
        JobStore other = environment.openStore();
        admit("n1");
        int fired = 0;
        for (int round = 0; round < 10; round++) {
            String name = NAME + round;
            String job = "tick-" + round;
            desk().put(schedule(name, "v1"), Optional.empty());
            fired += count(Together.run(
                    2,
                    i -> fired((i == 0 ? store : other)
                            .schedules()
                            .fire(FENCE, List.of(new Firing("v1", schedule(name, "by-" + i), List.of(job(job))))))));
        }

        assertThat(fired).isEqualTo(10);
        assertThat(run("n1", MANY)).hasSize(10);
    }

    @Test
    @Tag("S1")
    void aKnownIdIsNotPushedAgainByAFiring() {
        desk().put(schedule(NAME, "v1"), Optional.empty());
        push("tick-1");

        List<FireResult> results = fire(FENCE, firing("v1", "v2", job("tick-1"), job("tick-2")));

        assertThat(results)
                .containsExactly(new FireResult.Fired(
                        List.of(new PushOutcome.SameId("tick-1"), new PushOutcome.Pushed("tick-2"))));
        assertThat(version()).isEqualTo("v2");
    }

    @Test
    @Tag("S2")
    void aFiringWhoseUniqueKeyIsHeldGoesOnWithoutThatJob() {
        desk().put(schedule(NAME, "v1"), Optional.empty());
        UniqueKey key = UniqueKey.of("schedule:" + NAME);
        admit("n1");
        fire(FENCE, firing("v1", "v2", job("tick-1").withUnique(key)));

        List<FireResult> whileItWaits =
                fire(FENCE, firing("v2", "v3", job("tick-2").withUnique(key)));
        settle(runOne("n1"), COMPLETED);
        List<FireResult> afterwards =
                fire(FENCE, firing("v3", "v4", job("tick-3").withUnique(key)));

        assertThat(whileItWaits)
                .containsExactly(new FireResult.Fired(List.of(new PushOutcome.DuplicateOf("tick-2", "tick-1"))));
        assertThat(afterwards).containsExactly(new FireResult.Fired(List.of(new PushOutcome.Pushed("tick-3"))));
        assertThat(version()).isEqualTo("v4");
    }

    @Test
    @Tag("S1")
    void aJobOfAFiringMayBeDelayed() {
        desk().put(schedule(NAME, "v1"), Optional.empty());

        fire(FENCE, firing("v1", "v2", job("tick-1").withDueAt(environment.now().plus(Duration.ofHours(1)))));

        assertThat(state("tick-1")).isEqualTo(JobState.DELAYED);
    }

    @Test
    @Tag("S1")
    void aFiringThatFindsNoRoomLeavesTheScheduleAtItsTick() {
        Assumptions.assumeTrue(
                environment.mostLiveJobs().isPresent(), "only a bounded store can be full by the number of its jobs");
        int most = environment.mostLiveJobs().getAsInt();
        desk().put(schedule(NAME, "v1"), Optional.empty());
        List<NewJob> jobs = IntStream.range(0, most).mapToObj(i -> job("j" + i)).toList();
        int chunk = store.capabilities().mostPushBatch();
        for (int from = 0; from < most; from += chunk) {
            store.intake().push(jobs.subList(from, Math.min(most, from + chunk)));
        }

        assertThatThrownBy(() -> fire(FENCE, firing("v1", "v2", job("tick-1")))).isInstanceOf(StoreFullException.class);

        assertThat(version()).isEqualTo("v1");
        store.intake().clear(QUEUE, 1);
        assertThat(store.intake().find("tick-1")).isEmpty();
    }

    @Test
    @Tag("S1")
    void theLeaderIsHintedOfAChangedSchedule() {
        AtomicInteger hints = new AtomicInteger();
        Subscription subscription = store.leader().onReady(hints::incrementAndGet);

        desk().put(schedule(NAME, "v1"), Optional.empty());
        awaitMore(hints, 0);
        int between = hints.get();
        desk().remove(NAME, "v1");
        awaitMore(hints, between);

        subscription.close();
    }

    private static void awaitMore(AtomicInteger hints, int than) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> hints.get() > than);
    }

    private ScheduleDesk desk() {
        return store.schedules();
    }

    private String version() {
        return desk().find(NAME).orElseThrow().version();
    }

    private List<FireResult> fire(Fence fence, Firing... firings) {
        return desk().fire(fence, List.of(firings));
    }

    private static Firing firing(String expected, String next, NewJob... jobs) {
        return new Firing(expected, schedule(NAME, next), List.of(jobs));
    }

    private static StoredSchedule schedule(String name, String version) {
        return new StoredSchedule(name, version, ("document " + version).getBytes(StandardCharsets.UTF_8));
    }

    private static int count(List<Boolean> answers) {
        return (int) answers.stream().filter(answer -> answer).count();
    }

    private static boolean fired(List<FireResult> results) {
        return results.get(0) instanceof FireResult.Fired;
    }
}
