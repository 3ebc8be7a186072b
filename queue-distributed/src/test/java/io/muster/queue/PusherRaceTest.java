package io.muster.queue;

import io.muster.queue.event.Events;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.UnaskedStore;
import io.muster.races.Races;
import io.muster.races.ThreadsOnly;
import io.muster.races.Together;
import io.muster.races.WithoutLocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PusherRaceTest {
    /** Each way is long. */
    private static final int FEW = 30;

    @Test
    void eachPushIsSentOnceAndAnswered() {
        Races.assertNone(new Pushes(), FEW);
    }

    @Test
    void withoutItsLockOneIsNot() throws Exception {
        Races.assertFound(WithoutLocks.copy(Pushes.class, Pusher.class));
    }

    /** Two push, each by a task if nobody flies already. */
    public static final class Pushes implements Runnable {
        private static final JobTypes TYPES = JobTypes.builder().build();

        @Override
        public void run() {
            ThreadsOnly timeline = new ThreadsOnly();
            Store store = new Store();
            Pusher pusher = new Pusher(store, TYPES, timeline, "default", new Events(timeline));
            List<CompletableFuture<PushOutcome>> answers = new ArrayList<>();
            Together.share(timeline, store, pusher, answers);
            Together.run(() -> push(pusher, "a", answers), () -> push(pusher, "b", answers));
            timeline.joinTasks();

            Together.check(store.pushed.size() == 2 && store.pushed.containsAll(List.of("a", "b")), "" + store.pushed);
            Together.check(answers.stream().allMatch(CompletableFuture::isDone), "answered");
        }

        private static void push(Pusher pusher, String id, List<CompletableFuture<PushOutcome>> answers) {
            CompletableFuture<PushOutcome> answer = pusher.pushAsync(NewJob.of(id, "mail", "send", new byte[0]));
            synchronized (answers) {
                answers.add(answer);
            }
        }
    }

    /** Takes jobs and does nothing else. */
    public static final class Store extends UnaskedStore {
        private static final StoreCapabilities CAPABILITIES =
                new StoreCapabilities("none", 1000, 100, 1 << 20, Duration.ofDays(1), false, "none");

        private final List<String> pushed = new ArrayList<>();

        @Override
        public synchronized List<PushOutcome> push(List<NewJob> jobs) {
            List<PushOutcome> outcomes = new ArrayList<>();
            for (NewJob job : jobs) {
                pushed.add(job.id());
                outcomes.add(new PushOutcome.Pushed(job.id()));
            }
            return outcomes;
        }

        @Override
        public StoreCapabilities capabilities() {
            return CAPABILITIES;
        }

        @Override
        public Intake intake() {
            return this;
        }
    }
}
