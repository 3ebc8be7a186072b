package io.muster.cluster.internal;

import io.muster.races.PostedTasks;
import io.muster.races.Races;
import io.muster.races.Together;
import io.muster.races.WithoutLocks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossNoticeRaceTest {
    @Test
    void whoListensIsToldOnce() {
        Races.assertNone(new Losses());
    }

    @Test
    void withoutItsLockSomebodyIsNot() throws Exception {
        Races.assertFound(WithoutLocks.copy(Losses.class, LossNotice.class));
    }

    /** Somebody begins to listen while it happens. */
    public static final class Losses implements Runnable {
        @Override
        public void run() {
            PostedTasks loop = new PostedTasks();
            List<String> told = new ArrayList<>();
            LossNotice notice = new LossNotice(loop);
            Together.share(loop, told, notice);
            notice.add(() -> told.add("early"));
            Together.run(() -> notice.add(() -> told.add("late")), notice::happened);
            loop.runAll();

            told.sort(null);
            Together.check(told.equals(List.of("early", "late")), "both once: " + told);
        }
    }
}
