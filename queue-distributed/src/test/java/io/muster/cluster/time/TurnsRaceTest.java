package io.muster.cluster.time;

import io.muster.races.Races;
import io.muster.races.ThreadsOnly;
import io.muster.races.Together;
import io.muster.races.WithoutLocks;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TurnsRaceTest {
    @Test
    void oneRunsAtATime() {
        Races.assertNone(new Actions());
    }

    @Test
    void withoutItsLockTwoDo() throws Exception {
        Races.assertFound(WithoutLocks.copy(Actions.class, Turns.class));
    }

    /** Two want their turn. */
    public static final class Actions implements Runnable {
        private volatile boolean inside;

        @Override
        public void run() {
            inside = false;
            ThreadsOnly timeline = new ThreadsOnly();
            Turns turns = new Turns(timeline);
            Deadline deadline = Deadline.after(Duration.ofSeconds(1), timeline.ticker());
            Together.share(this, timeline, turns);
            Together.run(() -> turns.run(deadline, this::act), () -> turns.run(deadline, this::act));
        }

        private void act() {
            Together.check(!inside, "alone");
            inside = true;
            inside = false;
        }
    }
}
