package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.Lock;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The queue from outside: several nodes in this process, jobs in the coordinator. */
class QueueTest {
    private final String coordinator = "local:" + UUID.randomUUID();
    private final List<Queue> opened = new ArrayList<>();

    record Count(int number) {}

    record Fail(String how) {}

    @AfterEach
    void closeAll() {
        opened.forEach(Queue::close);
    }

    @Test
    @Tag("Q4")
    @Tag("C8")
    void jobsPushedOnAnyNodeRunOnceOnSomeNode() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        List<Queue> nodes = IntStream.range(0, 3).mapToObj(i -> node(i, runs)).toList();

        nodes.get(0)
                .bulk("default", IntStream.range(0, 300).mapToObj(Count::new).toList());
        nodes.get(1).push(new Count(300));
        nodes.get(2).later(Duration.ofMillis(200), new Count(301));

        await().atMost(Duration.ofSeconds(30)).until(() -> completed(nodes.get(0)) == 302);
        assertThat(runs).hasSize(302).allSatisfy((number, times) -> assertThat(times)
                .hasValue(1));
        assertThat(nodes.get(2).stats().totalNodes()).isEqualTo(3);
        assertThat(nodes.stream().filter(Queue::leads)).hasSize(1);
        assertThat(nodes.stream()
                        .mapToLong(node -> node.pools().get(0).completed())
                        .sum())
                .isEqualTo(302);
    }

    @Test
    @Tag("J2")
    @Tag("J8")
    void aFailingJobIsTriedAsOftenAsItsOptionsSayAndKeptWithItsReason() {
        AtomicInteger starts = new AtomicInteger();
        Queue queue = open(Queue.named("test")
                .cluster(coordinator)
                .store("cluster:")
                .handle(
                        new JobType<>(
                                "fail",
                                Fail.class,
                                JobOptions.DEFAULT.withTries(3).withBackoff(Duration.ofMillis(10))),
                        (job, context) -> {
                            starts.incrementAndGet();
                            throw new IllegalStateException("broken " + job.how());
                        }));

        String id = queue.push(new Fail("on purpose"));

        await().atMost(Duration.ofSeconds(20)).until(() -> state(queue, id) == JobState.FAILED);
        StoredJob failed = queue.find(id).orElseThrow();
        assertThat(starts).hasValue(3);
        assertThat(failed.reason().orElseThrow()).contains("broken on purpose");
        assertThat(failed.detail().orElseThrow()).contains("QueueTest");
        assertThat(failed.counters().starts()).isEqualTo(3);
    }

    @Test
    @Tag("K3")
    void aHandlerThatOverrunsItsTimeoutIsInterruptedAndTheAttemptCounts() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Queue queue = open(Queue.named("test")
                .cluster(coordinator)
                .store("cluster:")
                .handle(
                        new JobType<>("slow", Fail.class, JobOptions.DEFAULT.withTimeout(Duration.ofMillis(100))),
                        (job, context) -> {
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw e;
                            }
                        }));

        String id = queue.push(new Fail("slow"));

        interrupted.await();
        await().atMost(Duration.ofSeconds(20)).until(() -> state(queue, id) == JobState.FAILED);
        assertThat(queue.find(id).orElseThrow().reason().orElseThrow()).contains("Timed out");
        assertThat(queue.find(id).orElseThrow().counters().timeouts()).isEqualTo(1);
    }

    @Test
    @Tag("J1")
    void anUnreadablePayloadFailsThatJobAndTheWorkerGoesOn() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue queue = node(0, runs);
        NewJob broken = NewJob.of("broken", "default", "count", "{{{".getBytes(StandardCharsets.UTF_8));

        queue.pushRaw(List.of(broken));
        queue.push(new Count(1));

        await().atMost(Duration.ofSeconds(20)).until(() -> completed(queue) == 1);
        await().atMost(Duration.ofSeconds(20)).until(() -> state(queue, "broken") == JobState.FAILED);
        assertThat(queue.find("broken").orElseThrow().reason().orElseThrow()).contains("unreadable");
    }

    @Test
    @Tag("J1")
    void aTypeThatNobodyServesWaitsAndHidesNothing() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue queue = node(0, runs);

        queue.pushRaw(List.of(NewJob.of("foreign", "default", "foreign", "{}".getBytes(StandardCharsets.UTF_8))));
        queue.push(new Count(1));

        await().atMost(Duration.ofSeconds(20)).until(() -> completed(queue) == 1);
        assertThat(state(queue, "foreign")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("Q6")
    void aPoolServesItsQueuesByWeights() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Queue queue = open(Queue.named("test")
                .cluster(coordinator)
                .store("cluster:")
                .pool(PoolOptions.of(QueueOrder.parse("high=3,default=1")))
                .handle("count", Count.class, (job, context) -> order.add(context.queue())));
        queue.pause("high");
        queue.pause("default");
        queue.bulk("default", IntStream.range(0, 40).mapToObj(Count::new).toList());
        queue.bulk("high", IntStream.range(0, 40).mapToObj(Count::new).toList());
        queue.resume("high");
        queue.resume("default");

        await().atMost(Duration.ofSeconds(20)).until(() -> order.size() == 80);

        assertThat(Collections.frequency(order.subList(0, 48), "default")).isBetween(8, 18);
    }

    @Test
    @Tag("Q5")
    void aQueueIsPausedResumedSizedAndClearedForTheWholeCluster() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue first = node(0, runs);
        Queue second = node(1, runs);

        first.pause("default");
        IntStream.range(0, 700).forEach(i -> second.push(new Count(i)));
        second.later(Duration.ofHours(1), new Count(700));

        assertThat(first.size("default")).isEqualTo(new QueueCounts("default", 1, 700, 0, 0, 0, 0, true));
        assertThat(first.size("unknown")).isEqualTo(QueueCounts.empty("unknown"));
        assertThat(second.clear("default")).isEqualTo(701);
        assertThat(runs).isEmpty();

        first.push(new Count(1000));
        second.resume("default");

        await().atMost(Duration.ofSeconds(20)).until(() -> completed(first) == 1);
        assertThat(runs).containsOnlyKeys(1000);
    }

    @Test
    @Tag("J1")
    void aTypeThatNobodyServesForTooLongFailsWithThatReasonAndIsKept() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue queue = open(Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace", "test",
                        "muster.cluster", coordinator,
                        "muster.store", "cluster:",
                        "muster.unserved-after", "500ms")))
                .handle("count", Count.class, (job, context) -> run(runs, job)));

        queue.pushRaw(List.of(NewJob.of("foreign", "default", "foreign", "{}".getBytes(StandardCharsets.UTF_8))));

        await().atMost(Duration.ofSeconds(30)).until(() -> state(queue, "foreign") == JobState.FAILED);
        assertThat(queue.find("foreign").orElseThrow().reason()).contains(StoredJob.UNSERVED);
        queue.push(new Count(1));
        await().atMost(Duration.ofSeconds(20)).until(() -> completed(queue) == 1);
    }

    @Test
    @Tag("C4")
    void whenTheLeaderLeavesAnotherOneDistributes() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        List<Queue> nodes = IntStream.range(0, 2).mapToObj(i -> node(i, runs)).toList();
        Queue leader = nodes.stream().filter(Queue::leads).findFirst().orElseThrow();
        Queue other = nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();

        leader.close();
        other.push(new Count(1));

        await().atMost(Duration.ofSeconds(20)).until(() -> completed(other) == 1);
        assertThat(other.leads()).isTrue();
        assertThat(other.stats().totalNodes()).isEqualTo(1);
    }

    @Test
    @Tag("C7")
    void withoutDistributionNodesReserveForThemselves() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue queue = open(Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace", "test",
                        "muster.cluster", coordinator,
                        "muster.store", "cluster:",
                        "muster.enable-job-distribution", "false")))
                .handle("count", Count.class, (job, context) -> run(runs, job)));

        queue.bulk("default", IntStream.range(0, 50).mapToObj(Count::new).toList());

        await().atMost(Duration.ofSeconds(30)).until(() -> completed(queue) == 50);
        assertThat(runs).hasSize(50).allSatisfy((number, times) -> assertThat(times)
                .hasValue(1));
    }

    @Test
    @Tag("C7")
    void whereNobodyCampaignsNodesReserveUntilSomebodyDoes() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue first = member(runs, "a", false);
        member(runs, "b", false);

        first.bulk("default", IntStream.range(0, 20).mapToObj(Count::new).toList());
        first.later(Duration.ofMillis(100), new Count(20));

        await().atMost(Duration.ofSeconds(30)).until(() -> completed(first) == 21);
        assertThat(first.stats().nobodyCampaigns()).isTrue();
        assertThat(first.stats().leaderId()).isEmpty();

        Queue third = member(runs, "c", true);
        await().atMost(Duration.ofSeconds(30)).until(() -> third.stats().isLeader());
        assertThat(first.stats().nobodyCampaigns()).isFalse();
        first.bulk("default", IntStream.range(21, 50).mapToObj(Count::new).toList());

        await().atMost(Duration.ofSeconds(30)).until(() -> completed(first) == 50);
        assertThat(runs).hasSize(50).allSatisfy((number, times) -> assertThat(times)
                .hasValue(1));
    }

    private Queue member(Map<Integer, AtomicInteger> runs, String name, boolean campaigns) {
        return open(Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace",
                        "test",
                        "muster.node-id",
                        name,
                        "muster.cluster",
                        coordinator,
                        "muster.store",
                        "cluster:",
                        "muster.election-timeout",
                        "100ms",
                        "muster.enable-leader-election",
                        String.valueOf(campaigns))))
                .handle("count", Count.class, (job, context) -> run(runs, job)));
    }

    @Test
    @Tag("C7")
    void aLockTakenWithoutATtlIsHeldForTheLockTimeout() {
        Queue holder = open(Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace", "test",
                        "muster.cluster", coordinator,
                        "muster.lock-timeout", "3s")))
                .type("count", Count.class));
        Lock lock = holder.cluster().tryLock("report").held().orElseThrow();
        assertThat(lock.isHeld()).isTrue();

        await().atMost(Duration.ofSeconds(15)).until(() -> !lock.isHeld());
        // The holder gives its trust up before the lock can be another's.
        await().atMost(Duration.ofSeconds(15))
                .until(() -> holder.cluster().tryLock("report").held().isPresent());
    }

    @Test
    @Tag("K4")
    void aPausedNodeTakesNothingAndAResumedOneGoesOn() {
        Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        Queue queue = node(0, runs);
        queue.pause();
        await().until(() -> queue.stats().onlineNodes() == 0);

        queue.push(new Count(1));
        queue.resume();

        await().atMost(Duration.ofSeconds(20)).until(() -> completed(queue) == 1);
    }

    @Test
    @Tag("J1")
    void anUnregisteredJobClassIsRefusedAtThePush() {
        Queue queue = node(0, new ConcurrentHashMap<>());

        assertThatThrownBy(() -> queue.push("a string"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("java.lang.String")
                .hasMessageContaining("register");
    }

    private Queue node(int number, Map<Integer, AtomicInteger> runs) {
        return open(Queue.named("test")
                .cluster(coordinator)
                .store("cluster:")
                .settings(settings -> settings.withNodeId("node-" + number))
                .pool(PoolOptions.of("default").withConcurrency(2))
                .handle("count", Count.class, (job, context) -> run(runs, job)));
    }

    private Queue open(QueueBuilder builder) {
        Queue queue = builder.start();
        opened.add(queue);
        return queue;
    }

    private static void run(Map<Integer, AtomicInteger> runs, Count job) {
        runs.computeIfAbsent(job.number(), number -> new AtomicInteger()).incrementAndGet();
    }

    private static long completed(Queue queue) {
        return queue.stats().queues().stream().mapToLong(QueueCounts::completed).sum();
    }

    private static JobState state(Queue queue, String id) {
        return queue.find(id).orElseThrow().state();
    }
}
