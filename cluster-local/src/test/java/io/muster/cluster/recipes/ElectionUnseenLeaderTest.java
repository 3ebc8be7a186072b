package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Candidacy;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.WatchListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Watches of Consul, ZooKeeper and Redis look now and then: of a leader who came and went in between they never tell. */
@Tag("C4")
class ElectionUnseenLeaderTest {
    private final Cells cells = new Cells();
    private boolean blind;
    private final Cell a = cells.open("a");
    private final Cell b = cells.open("b", this::seldomLooking);
    private final LeadershipLog logA = new LeadershipLog();
    private final LeadershipLog logB = new LeadershipLog();

    @Test
    void whoLostToALeaderThatTheWatchNeverShowsIsElectedOnceHeIsGone() {
        b.cluster.onLeader("other", leader -> {});
        cells.timeline.runUntilIdle();
        blind = true;
        Candidacy first = a.cluster.campaign("g", logA);
        cells.until(logA::leads, Duration.ofSeconds(2));
        b.cluster.campaign("g", logB);
        cells.timeline.runUntilIdle();
        first.close();
        cells.timeline.runUntilIdle();
        blind = false;

        cells.until(logB::leads, Duration.ofSeconds(2));
    }

    @Test
    void itIsLookedUpAgainAndAgainUntilTheWatchTells() {
        b.cluster.onLeader("other", leader -> {});
        cells.timeline.runUntilIdle();
        blind = true;
        Candidacy first = a.cluster.campaign("g", logA);
        cells.until(logA::leads, Duration.ofSeconds(2));
        b.cluster.campaign("g", logB);
        cells.advance(Duration.ofSeconds(4));

        first.close();

        cells.until(logB::leads, Duration.ofSeconds(6));
    }

    @Test
    void aLeaderWhoStaysIsNotDisturbed() {
        b.cluster.onLeader("other", leader -> {});
        cells.timeline.runUntilIdle();
        blind = true;
        a.cluster.campaign("g", logA);
        cells.until(logA::leads, Duration.ofSeconds(2));
        b.cluster.campaign("g", logB);

        cells.advance(Duration.ofSeconds(12));

        assertThat(logA.events).hasSize(1);
        assertThat(logB.events).isEmpty();
    }

    private Backend seldomLooking(Backend backend) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("watch")
                                ? backend.watch((String) arguments[0], new Seldom((WatchListener) arguments[1]))
                                : method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** What changes while it is blind is never told. */
    private final class Seldom implements WatchListener {
        private final WatchListener listener;

        private Seldom(WatchListener listener) {
            this.listener = listener;
        }

        @Override
        public void onSnapshot(List<Entry> children) {
            if (!blind) {
                listener.onSnapshot(children);
            }
        }

        @Override
        public void onChanges(List<Change> changes) {
            if (!blind) {
                listener.onChanges(changes);
            }
        }
    }
}
