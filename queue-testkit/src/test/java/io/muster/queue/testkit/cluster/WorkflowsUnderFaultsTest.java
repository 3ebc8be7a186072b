package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.QueueBuilder;
import io.muster.queue.job.Batch;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chains and batches whose nodes die, sleep past their sessions and lose the coordinator or the store, at moments drawn from a seed, which
 * names the case. {@code muster.workflowSeeds} says how many.
 */
@Tag("W1")
@Tag("W2")
class WorkflowsUnderFaultsTest {
    private static final int CHAINS = 4;
    private static final int LINKS = 4;
    private static final int MEMBERS = 8;
    private static final int FAULTS = 5;

    private static final class Log {
        /** Ids of the jobs that came to their end, by what they are called. */
        private final Map<String, List<String>> ended = new HashMap<>();

        private List<String> of(String name) {
            return ended.computeIfAbsent(name, unknown -> new ArrayList<>());
        }
    }

    record Step(String name, int millis) {}

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("muster.workflowSeeds", 25));
    }

    static LongStream someSeeds() {
        return LongStream.range(0, Long.getLong("muster.workflowSeeds", 8));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensAllOfItEndsAndCallsBackOnce(long seed) {
        Log log = new Log();
        whateverHappens(seed, log, TestCluster.shuffled(seed, 3, builder -> application(builder, log)));
    }

    @ParameterizedTest
    @MethodSource("someSeeds")
    void soItDoesWithTheJobsInTheCoordinator(long seed) {
        Log log = new Log();
        whateverHappens(seed, log, TestCluster.shuffledInCoordinator(seed, 3, builder -> application(builder, log)));
    }

    private static void whateverHappens(long seed, Log log, TestCluster begun) {
        Random random = new Random(seed);
        try (TestCluster cluster = begun) {
            List<String> chains = IntStream.range(0, CHAINS)
                    .mapToObj(number -> chain(cluster, number, random))
                    .toList();
            Batch batch = batch(cluster, random);

            for (int i = 0; i < FAULTS; i++) {
                cluster.advance(Duration.ofMillis(random.nextInt(1500)));
                fault(cluster, random);
            }
            cluster.nodes().forEach(WorkflowsUnderFaultsTest::healed);
            cluster.settleAll(Duration.ofMinutes(10));

            for (String chain : chains) {
                assertThat(cluster.queue().find(chain).orElseThrow().state()).isEqualTo(JobState.COMPLETED);
            }
            for (int number = 0; number < CHAINS; number++) {
                for (int link = 0; link < LINKS; link++) {
                    assertThat(log.of(number + "/" + link).stream().distinct())
                            .as("jobs of link %s of chain %s", link, number)
                            .hasSize(1);
                }
            }
            Batch done = batch.refreshed();
            assertThat(done.finished()).isTrue();
            assertThat(done.processedJobs()).isEqualTo(MEMBERS);
            assertThat(log.of("member").stream().distinct()).hasSize(MEMBERS);
            assertThat(log.of("progress").stream().distinct()).hasSize(MEMBERS);
            assertThat(log.of("then").stream().distinct()).hasSize(1);
            assertThat(log.of("finally").stream().distinct()).hasSize(1);
        }
    }

    private static void application(QueueBuilder builder, Log log) {
        builder.pool(PoolOptions.of("default").withConcurrency(2)).handle("step", Step.class, (step, context) -> {
            TestCluster.spend(Duration.ofMillis(step.millis()));
            log.of(step.name()).add(context.jobId());
        });
    }

    /** Answers the id of its first job. */
    private static String chain(TestCluster cluster, int number, Random random) {
        Object[] links = IntStream.range(0, LINKS)
                .mapToObj(link -> new Step(number + "/" + link, random.nextInt(2000)))
                .toArray();
        return cluster.queue().chain(links).dispatch().jobId();
    }

    private static Batch batch(TestCluster cluster, Random random) {
        List<Step> members = IntStream.range(0, MEMBERS)
                .mapToObj(member -> new Step("member", random.nextInt(2000)))
                .toList();
        return cluster.queue()
                .batch("all")
                .add(members)
                .progress(new Step("progress", 10))
                .then(new Step("then", 10))
                .onFinally(new Step("finally", 10))
                .dispatch();
    }

    private static void fault(TestCluster cluster, Random random) {
        TestNode node = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        if (!node.isAlive()) {
            node.restart();
            return;
        }
        switch (random.nextInt(5)) {
            case 0 -> node.kill();
            case 1 -> {
                node.pause();
                cluster.advance(cluster.sessionTtl().multipliedBy(2));
                node.resume();
            }
            case 2 -> node.cutOff();
            case 3 -> node.cutOffStore();
            default -> node.loseSession();
        }
    }

    private static void healed(TestNode node) {
        if (node.isAlive()) {
            node.heal();
        } else {
            node.restart();
        }
    }
}
