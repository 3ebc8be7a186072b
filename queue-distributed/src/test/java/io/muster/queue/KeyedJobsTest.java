package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.JobState;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unique jobs and jobs that must not overlap, as their authors and callers say it. */
class KeyedJobsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ConcurrentHashMap<String, Gate> GATES = new ConcurrentHashMap<>();

    private final String gate = UUID.randomUUID().toString();
    private final Gate open = new Gate(new CountDownLatch(1), new CountDownLatch(1));
    private Optional<Queue> opened = Optional.empty();

    /** Jobs begin, and end when they may. */
    private record Gate(CountDownLatch begun, CountDownLatch mayEnd) {}

    @JobName("index.update")
    @JobDefaults(unique = true, uniqueFor = "PT1H")
    record UpdateIndex(String gate) implements Job {
        @Override
        public void handle(JobContext context) throws InterruptedException {
            pass(gate);
        }
    }

    @JobName("product.index")
    @JobDefaults(uniqueUntil = UniqueKey.Until.PROCESSING)
    record IndexProduct(String gate, int product) implements Job {
        @Override
        public JobOptions options() {
            return JobOptions.DEFAULT.withUnique("" + product);
        }

        @Override
        public void handle(JobContext context) throws InterruptedException {
            pass(gate);
        }
    }

    @JobName("plain")
    record Plain(String gate) implements Job {
        @Override
        public void handle(JobContext context) throws InterruptedException {
            pass(gate);
        }
    }

    @JobName("drop")
    record DropOrRun(String gate) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(WithoutOverlapping.on(gate).orDrop());
        }

        @Override
        public void handle(JobContext context) throws InterruptedException {
            pass(gate);
        }
    }

    @JobName("release")
    record ReleaseOrRun(String gate, long afterMillis) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(WithoutOverlapping.on(gate).releaseAfter(Duration.ofMillis(afterMillis)));
        }

        @Override
        public void handle(JobContext context) throws InterruptedException {
            pass(gate);
        }
    }

    @JobName("two")
    record TwoKeys() implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(WithoutOverlapping.on("a"), WithoutOverlapping.on("b"));
        }

        @Override
        public void handle(JobContext context) {}
    }

    private static void pass(String name) throws InterruptedException {
        Gate gate = GATES.get(name);
        if (gate != null) {
            gate.begun().countDown();
            if (!gate.mayEnd().await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Nobody let the job end");
            }
        }
    }

    @AfterEach
    void close() {
        open.mayEnd().countDown();
        opened.ifPresent(Queue::close);
        GATES.remove(gate);
    }

    private Queue start() {
        GATES.put(gate, open);
        Queue queue = Queue.named("keyed-" + gate)
                .cluster("local:" + UUID.randomUUID())
                .job(UpdateIndex.class)
                .job(IndexProduct.class)
                .job(Plain.class)
                .job(DropOrRun.class)
                .job(ReleaseOrRun.class)
                .job(TwoKeys.class)
                .pool(PoolOptions.of("default").withConcurrency(4))
                .start();
        opened = Optional.of(queue);
        return queue;
    }

    @Test
    @Tag("J5")
    void aDuplicateIsRefusedAndNamedTheJobThatIsThereAlready() {
        Queue queue = start();

        String first = queue.push(new UpdateIndex(gate));
        Dispatched second = queue.job(new UpdateIndex(gate)).dispatch();

        assertThat(second.holder()).contains(first);
        assertThat(((Dispatched.Stored) second).outcome()).isInstanceOf(PushOutcome.DuplicateOf.class);
        assertThat(queue.find(second.jobId())).isEmpty();
        assertThat(queue.push(new UpdateIndex(gate))).isEqualTo(first);
        assertThat(queue.bulk("default", List.of(new UpdateIndex(gate), new UpdateIndex(gate))))
                .containsExactly(first, first);
        open.mayEnd().countDown();
        settled(queue, first);
        assertThat(queue.push(new UpdateIndex(gate))).isNotEqualTo(first);
    }

    @Test
    @Tag("J5")
    void theIdIsOneWithinTheTypeAndThatUntilProcessingIsFreeWhileTheJobRuns() throws InterruptedException {
        Queue queue = start();

        String seven = queue.push(new IndexProduct(gate, 7));
        assertThat(open.begun().await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Dispatched again =
                queue.job(new IndexProduct(gate, 7)).delay(Duration.ofHours(1)).dispatch();

        assertThat(again.holder()).isEmpty();
        assertThat(queue.push(new IndexProduct(gate, 7)))
                .isEqualTo(again.jobId())
                .isNotEqualTo(seven);
        assertThat(queue.job(new IndexProduct(gate, 8))
                        .delay(Duration.ofHours(1))
                        .dispatch()
                        .holder())
                .isEmpty();
        assertThat(queue.job(new Plain(gate))
                        .unique("7")
                        .delay(Duration.ofHours(1))
                        .dispatch()
                        .holder())
                .isEmpty();
    }

    @Test
    @Tag("J5")
    void whatIsSaidAtDispatchBeatsTheJob() {
        Queue queue = start();
        Duration later = Duration.ofHours(1);

        String first = queue.later(later, new UpdateIndex(gate));
        assertThat(queue.job(new UpdateIndex(gate))
                        .delay(later)
                        .notUnique()
                        .dispatch()
                        .holder())
                .isEmpty();
        assertThat(queue.job(new UpdateIndex(gate))
                        .delay(later)
                        .unique("eu")
                        .dispatch()
                        .holder())
                .isEmpty();
        assertThat(queue.job(new UpdateIndex(gate)).delay(later).dispatch().holder())
                .contains(first);
        String plain =
                queue.job(new Plain(gate)).delay(later).unique().dispatch().jobId();
        assertThat(queue.job(new Plain(gate)).delay(later).unique().dispatch().holder())
                .contains(plain);
        assertThat(queue.job(new Plain(gate)).delay(later).dispatch().holder()).isEmpty();
    }

    @Test
    @Tag("J5")
    void aKeyLastsAsLongAsIsSaidAndAReleasedJobKeepsIt() {
        Queue queue = start();

        Dispatch timed = queue.job(new UpdateIndex(gate)).uniqueFor(Duration.ofMillis(200));
        assertThat(timed.build().unique().orElseThrow().heldFor()).contains(Duration.ofMillis(200));
        assertThat(queue.job(new UpdateIndex(gate))
                        .build()
                        .unique()
                        .orElseThrow()
                        .heldFor())
                .contains(Duration.ofHours(1));
        assertThat(queue.job(new Plain(gate))
                        .unique()
                        .build()
                        .unique()
                        .orElseThrow()
                        .heldFor())
                .isEmpty();
        assertThat(queue.job(new Plain(gate)).build().unique()).isEmpty();

        String first = timed.delay(Duration.ofHours(1)).dispatch().jobId();
        await().atMost(PATIENCE).until(() -> !queue.later(Duration.ofHours(1), new UpdateIndex(gate))
                .equals(first));
    }

    @Test
    @Tag("J5")
    void whatDoesNotGoTogetherIsRefusedWhenItIsSaid() {
        Queue queue = start();

        assertThatThrownBy(() -> queue.job(new Plain(gate))
                        .uniqueFor(Duration.ofSeconds(1))
                        .dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plain")
                .hasMessageContaining("say unique too");
        assertThatThrownBy(() -> JobOptions.DEFAULT.withUniqueFor(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positive");
        assertThatThrownBy(() -> JobOptions.DEFAULT.withUnique(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("M3")
    void anOverlappingJobIsDroppedIfItSaysSo() throws InterruptedException {
        Queue queue = start();
        String holder = queue.push(new DropOrRun(gate));
        assertThat(open.begun().await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        StoredJob dropped = settled(queue, queue.push(new DropOrRun(gate)));
        open.mayEnd().countDown();

        assertThat(dropped.state()).isEqualTo(JobState.DISCARDED);
        assertThat(dropped.reason().orElseThrow()).contains("overlaps").contains(gate);
        assertThat(settled(queue, holder).state()).isEqualTo(JobState.COMPLETED);
        assertThat(settled(queue, queue.push(new DropOrRun(gate))).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("M3")
    void anOverlappingJobIsPutBackForAsLongAsItSaysAndThatCostsNoTry() throws InterruptedException {
        Queue queue = start();
        String holder = queue.push(new ReleaseOrRun(gate, 1));
        assertThat(open.begun().await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        String second = queue.push(new ReleaseOrRun(gate, Duration.ofHours(1).toMillis()));
        await().atMost(PATIENCE).until(() -> queue.find(second).orElseThrow().state() == JobState.DELAYED);
        open.mayEnd().countDown();

        assertThat(settled(queue, holder).state()).isEqualTo(JobState.COMPLETED);
        StoredJob put = queue.find(second).orElseThrow();
        assertThat(put.state()).isEqualTo(JobState.DELAYED);
        assertThat(put.counters().starts()).isZero();
        assertThat(put.counters().releases()).isZero();
        assertThat(Duration.between(put.pushedAt(), put.dueAt().orElseThrow()))
                .isGreaterThanOrEqualTo(Duration.ofHours(1));
    }

    @Test
    @Tag("M3")
    void theKeyIsOneWithinTheTypeUnlessItIsShared() {
        List<Middleware> own = List.of(WithoutOverlapping.on("a").expireAfter(Duration.ofMinutes(3)));
        List<Middleware> shared = List.of(WithoutOverlapping.on("a").shared());

        assertThat(WithoutOverlapping.keptByStore(own, "up"))
                .contains(new OverlapKey("up/a", Optional.of(Duration.ofMinutes(3))));
        assertThat(WithoutOverlapping.keptByStore(own, "down").orElseThrow().key())
                .isEqualTo("down/a");
        assertThat(WithoutOverlapping.keptByStore(shared, "up"))
                .isEqualTo(WithoutOverlapping.keptByStore(shared, "down"))
                .isPresent();
        assertThat(WithoutOverlapping.keptByStore(
                        List.of(WithoutOverlapping.on("a").orDrop()), "up"))
                .isEmpty();
    }

    @Test
    @Tag("M3")
    void wrongUseIsRefusedAtOnce() {
        Queue queue = start();
        WithoutOverlapping key = WithoutOverlapping.on("a");

        assertThatThrownBy(() -> queue.push(new TwoKeys()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 keys");
        assertThatThrownBy(() -> Queue.named(gate).middleware(key).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("middleware()");
        assertThatThrownBy(() -> Queue.named(gate).middlewareOn("default", key).start())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WithoutOverlapping.on(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.expireAfter(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.releaseAfter(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.orDrop().releaseAfter(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("say one");
    }

    private static StoredJob settled(Queue queue, String id) {
        return await().atMost(PATIENCE)
                .until(
                        () -> queue.find(id),
                        found -> found.filter(job -> job.state().isSettled()).isPresent())
                .orElseThrow();
    }
}
