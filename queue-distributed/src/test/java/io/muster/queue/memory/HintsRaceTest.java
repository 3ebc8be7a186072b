package io.muster.queue.memory;

import io.muster.cluster.Subscription;
import io.muster.races.PostedTasks;
import io.muster.races.Races;
import io.muster.races.Together;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HintsRaceTest {
    @Test
    void aHintRunsAfterWhatItTellsOf() {
        Races.assertNone(new Wakings());
    }

    @Test
    void theCheckFindsOneThatIsTakenForTold() {
        Races.assertFound(new LowersItsFlagLate());
    }

    /** Two wake while the loop runs the hint. */
    public static final class Wakings implements Runnable {
        @Override
        public void run() {
            PostedTasks loop = new PostedTasks();
            AtomicInteger happened = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            Hints hints = new Hints();
            Subscription subscription = hints.onAssigned("a-1", loop, () -> seen.set(happened.get()));
            Wakes wakes = new Wakes();
            wakes.assigned("a-1");
            Wakes.Collected collected = wakes.drain();
            Together.share(loop, happened, seen, hints, collected);
            Runnable something = () -> {
                happened.incrementAndGet();
                hints.wake(collected);
            };
            Together.run(something, something, loop::runAll);
            loop.runAll();

            Together.check(seen.get() == 2, "seen " + seen);
            subscription.close();
            something.run();
            loop.runAll();
            Together.check(seen.get() == 2, "not after its end");
        }
    }

    /** The same, with a flag that is lowered after the hint has run. */
    public static final class LowersItsFlagLate implements Runnable {
        private final PostedTasks loop = new PostedTasks();
        private final AtomicBoolean posted = new AtomicBoolean();
        private final AtomicInteger happened = new AtomicInteger();
        private final AtomicInteger seen = new AtomicInteger();

        @Override
        public void run() {
            happened.set(0);
            seen.set(0);
            posted.set(false);
            Together.share(this);
            Runnable something = () -> {
                happened.incrementAndGet();
                if (posted.compareAndSet(false, true)) {
                    loop.post(() -> {
                        seen.set(happened.get());
                        posted.set(false);
                    });
                }
            };
            Together.run(something, something, loop::runAll);
            loop.runAll();

            Together.check(seen.get() == 2, "seen " + seen);
        }
    }
}
