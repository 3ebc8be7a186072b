package io.muster.cluster.internal;

import io.muster.races.PostedTasks;
import io.muster.races.Races;
import io.muster.races.Together;
import io.muster.races.WithoutLocks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestRaceTest {
    @Test
    void theNewestStateIsToldInTheEnd() {
        Races.assertNone(new Offers());
    }

    @Test
    void withoutItsLockOneIsNot() throws Exception {
        Races.assertFound(WithoutLocks.copy(Offers.class, Latest.class));
    }

    /** Somebody offers while the loop delivers. */
    public static final class Offers implements Runnable {
        @Override
        public void run() {
            PostedTasks loop = new PostedTasks();
            List<Integer> heard = new ArrayList<>();
            Latest<Integer> latest = new Latest<>(loop, heard::add);
            Together.share(loop, heard, latest);
            latest.offer(1);
            Together.run(() -> latest.offer(2), loop::runAll);
            loop.runAll();

            Together.check(heard.get(heard.size() - 1) == 2, "2 is the last of " + heard);
            Together.check(heard.size() <= 2, "each once: " + heard);
        }
    }
}
