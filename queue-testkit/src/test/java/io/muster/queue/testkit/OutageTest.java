package io.muster.queue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.time.Deadline;
import io.muster.queue.testkit.OutageBench.Member;
import io.muster.queue.testkit.OutageBench.Work;
import io.muster.queue.testkit.store.FailingStore.Fault;
import io.muster.queue.worker.OnSessionLost;
import io.muster.queue.worker.PoolStats.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens when a node or the leader loses the store, when the coordinator is down, when a pool is wedged (design 10). */
class OutageTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final OutageBench bench = new OutageBench();

    @Test
    @Tag("K2")
    void aNodeWithoutItsStoreSaysSoGetsNothingAndIsReclaimedAfterAGrace() {
        Member leader = bench.member("a");
        leader.queue().pause();
        Member lonely = bench.member("b");
        bench.end(SECOND);
        String id = leader.queue().push(new Work("long", "b", 300_000));
        bench.at(SECOND, () -> {
            assertThat(bench.ran).containsExactly("long@b");
            bench.member("c");
            lonely.store.refuseAll();
        });
        bench.at(SECOND.multipliedBy(8), () -> {
            assertThat(lonely.shownBy(leader)).isEqualTo(Status.STORE_SILENT);
            assertThat(bench.ran).hasSize(1);
            for (int i = 0; i < 10; i++) {
                leader.queue().push(new Work("next-" + i, "b", 300_000));
            }
        });
        bench.at(SECOND.multipliedBy(9), () -> assertThat(bench.ran.stream().filter(run -> run.startsWith("next")))
                .hasSize(10)
                .allMatch(run -> run.endsWith("@c")));
        bench.at(SECOND.multipliedBy(20), () -> {
            assertThat(bench.ran).contains("long@c");
            assertThat(bench.counts().completed()).isEqualTo(11);
            assertThat(bench.crashes(id)).isEqualTo(1);
            lonely.store.heal();
        });
        bench.at(SECOND.multipliedBy(30), () -> {
            assertThat(lonely.shownBy(leader)).isEqualTo(Status.RUNNING);
            assertThat(lonely.queue().pools().get(0).active()).isZero();
        });

        bench.end(SECOND.multipliedBy(40));

        assertThat(bench.ran).hasSize(12);
    }

    @Test
    @Tag("K2")
    void aNodeWhoseStoreAnswersAgainWithinTheGraceSettlesWhatItRan() {
        Member leader = bench.member("a");
        leader.queue().pause();
        Member lonely = bench.member("b");
        bench.end(SECOND);
        String id = leader.queue().push(new Work("job", "b", 3_000));
        bench.at(SECOND, lonely.store::refuseAll);
        bench.at(SECOND.multipliedBy(5), () -> {
            assertThat(bench.counts().running()).isEqualTo(1);
            lonely.store.heal();
        });

        bench.end(SECOND.multipliedBy(20));

        assertThat(bench.ran).containsExactly("job@b");
        assertThat(bench.counts().completed()).isEqualTo(1);
        assertThat(bench.crashes(id)).isZero();
    }

    @Test
    @Tag("K2")
    void whenTheStoreIsDownForAllNobodyIsReclaimed() {
        List<Member> members = List.of(bench.member("a"), bench.member("b"), bench.member("c"));
        bench.end(SECOND);
        List<String> ids = new ArrayList<>();
        for (Member member : members) {
            ids.add(member.queue().push(new Work("job", "a", 30_000)));
        }
        bench.at(SECOND, () -> members.forEach(member -> member.store.refuseAll()));
        bench.at(MINUTE, () -> {
            assertThat(members).noneMatch(member -> member.queue().leads());
            members.forEach(member -> member.store.heal());
        });

        bench.end(MINUTE.plusSeconds(30));

        assertThat(bench.ran).hasSize(3);
        assertThat(bench.counts().completed()).isEqualTo(3);
        assertThat(ids).allMatch(id -> bench.crashes(id) == 0);
        assertThat(members).filteredOn(member -> member.queue().leads()).hasSize(1);
    }

    @Test
    @Tag("C4")
    void aLeaderWithoutItsStoreResignsAndDoesNotCampaignUntilItAnswers() {
        Member first = bench.member("a");
        Member second = bench.member("b");
        bench.end(SECOND);
        assertThat(first.queue().leads()).isTrue();

        first.store.refuseAll();
        bench.end(SECOND.multipliedBy(8));
        assertThat(first.queue().leads()).isFalse();
        assertThat(second.queue().leads()).isTrue();

        second.kill();
        bench.end(SECOND.multipliedBy(30));
        assertThat(first.queue().leads()).isFalse();
        assertThat(first.queue().cluster().leader("queue")).isEmpty();

        first.store.heal();
        bench.end(SECOND.multipliedBy(4));
        assertThat(first.queue().leads()).isTrue();
    }

    @Test
    @Tag("C12")
    void whileTheCoordinatorIsDownRunningJobsEndPushesAreAcceptedAndNothingNewBegins() {
        Member node = bench.member("a", OnSessionLost.FINISH);
        bench.end(SECOND);
        List<String> ids = new ArrayList<>();
        ids.add(node.queue().push(new Work("running", "a", 20_000)));
        bench.at(SECOND, () -> {
            assertThat(bench.ran).containsExactly("running@a");
            bench.coordinator.stop();
        });
        bench.at(SECOND.multipliedBy(10), () -> ids.add(node.queue().push(new Work("meanwhile", "", 0))));
        bench.at(SECOND.multipliedBy(30), () -> {
            assertThat(bench.counts().completed()).isEqualTo(1);
            assertThat(bench.counts().ready()).isEqualTo(1);
            bench.coordinator.start();
        });

        bench.end(SECOND.multipliedBy(45));

        assertThat(bench.counts().completed()).isEqualTo(2);
        assertThat(bench.ran).containsExactly("running@a", "meanwhile@a");
        assertThat(ids).hasSize(2).allMatch(id -> bench.crashes(id) == 0);
    }

    @Test
    @Tag("C12")
    void aCoordinatorThatIsBackBeforeTheSessionEndsIsNotNoticedByJobs() {
        Member node = bench.member("a");
        bench.end(SECOND);
        node.queue().push(new Work("running", "a", 3_000));
        bench.at(SECOND, bench.coordinator::stop);
        bench.at(SECOND.plusMillis(1_200), bench.coordinator::start);

        bench.end(SECOND.multipliedBy(10));

        assertThat(bench.ran).containsExactly("running@a");
        assertThat(bench.counts().completed()).isEqualTo(1);
    }

    @Test
    @Tag("C8")
    void aWedgedPoolIsShownAndWhatItHasNotBegunRunsElsewhere() {
        Member leader = bench.member("a");
        leader.queue().pause();
        Member wedged = bench.member("b");
        bench.end(SECOND);
        wedged.store.decide(operation -> {
            if (operation.equals("exchange")) {
                wedged.node.await(new CompletableFuture<Void>(), Deadline.after(MINUTE, wedged.node.ticker()));
            }
            return Fault.NONE;
        });
        leader.queue().push(new Work("stuck", "", 0));
        bench.at(SECOND, () -> {
            wedged.store.heal();
            assertThat(bench.counts().assigned()).isEqualTo(1);
            bench.member("c");
        });
        bench.at(SECOND.multipliedBy(10), () -> assertThat(wedged.shownBy(leader))
                .as("a call without an answer, until it takes longer than a store's may")
                .isEqualTo(Status.STORE_SILENT));
        bench.at(SECOND.multipliedBy(16), () -> {
            assertThat(wedged.shownBy(leader)).isEqualTo(Status.WEDGED);
            assertThat(bench.ran).containsExactly("stuck@c");
        });

        bench.end(MINUTE.plusSeconds(20));

        assertThat(wedged.shownBy(leader)).isEqualTo(Status.RUNNING);
        assertThat(bench.counts().completed()).isEqualTo(1);
        assertThat(bench.counts().live()).isZero();
    }

    @Test
    @Tag("K2")
    void noJobWaitsBehindALongOneWhileAnotherNodeIdles() {
        Member busy = bench.member("a");
        for (int i = 0; i < 400; i++) {
            busy.queue().push(new Work("quick-" + i, "", 0));
        }
        bench.end(SECOND);
        assertThat(bench.counts().completed()).isEqualTo(400);
        List<Work> longOnes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            longOnes.add(new Work("long-" + i, "a", 600_000));
        }
        busy.queue().bulk("default", longOnes);
        bench.at(SECOND.multipliedBy(5), () -> {
            assertThat(bench.counts().assigned()).isPositive();
            bench.member("b");
        });
        bench.at(SECOND.multipliedBy(15), () -> assertThat(bench.counts().completed())
                .isEqualTo(418));

        bench.end(SECOND.multipliedBy(20));

        assertThat(bench.counts().completed()).isGreaterThanOrEqualTo(418);
    }

    @Test
    @Tag("K4")
    void whatAPausedNodeHasNotBegunRunsElsewhere() {
        Member paused = bench.member("a");
        bench.end(SECOND);
        for (int i = 0; i < 4; i++) {
            paused.queue().push(new Work("job-" + i, "a", 600_000));
        }
        bench.at(SECOND, () -> paused.queue().pause());
        bench.at(SECOND.multipliedBy(2), () -> bench.member("b"));
        bench.at(SECOND.multipliedBy(9), () -> assertThat(bench.counts().completed())
                .isEqualTo(2));

        bench.end(SECOND.multipliedBy(10));
    }
}
