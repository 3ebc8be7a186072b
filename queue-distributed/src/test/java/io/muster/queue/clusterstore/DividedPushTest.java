package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.spi.Backend;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.UniqueKey;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unique jobs of as many batches and queues: one transaction cannot write them all. */
@Tag("Q4")
class DividedPushTest {
    private static final int ANY = 1_000;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private int commitsUntilOutage = ANY;
    private int commits;
    private final ClusterStore store = ClusterStore.open(
            counting(LocalConfig.named("divided").open("test", timeline)), timeline, Duration.ofSeconds(5), 10_000);
    private final int most = store.capabilities().mostPushBatch();
    private final List<NewJob> jobs = IntStream.range(0, most)
            .mapToObj(i -> NewJob.of("job-" + i, "queue-" + i, "noop", new byte[1])
                    .withUnique(UniqueKey.of("key-" + i))
                    .withBatch(new BatchMembership("batch-" + i, 1)))
            .toList();

    @BeforeEach
    void batches() {
        for (NewJob job : jobs) {
            String id = job.batch().orElseThrow().batchId();
            store.batches().create(new NewBatch(id, id, job.queue(), false, true, Map.of()), List.of());
        }
        commits = 0;
    }

    @Test
    void allArePushed() {
        assertThat(store.intake().push(jobs)).containsExactlyElementsOf(pushed(jobs));

        assertThat(commits).as("transactions").isEqualTo(2);
    }

    @Test
    void anOutageInBetweenIsAnUnknownOutcomeAndARepeatPushesWhatIsMissing() {
        commitsUntilOutage = 1;
        assertThatThrownBy(() -> store.intake().push(jobs))
                .isInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining("part of the jobs");

        commitsUntilOutage = ANY;
        List<PushOutcome> repeated = store.intake().push(jobs);

        assertThat(repeated.subList(0, most / 2)).allMatch(PushOutcome.SameId.class::isInstance);
        assertThat(repeated.subList(most / 2, most)).containsExactlyElementsOf(pushed(jobs.subList(most / 2, most)));
        for (NewJob job : jobs) {
            String id = job.batch().orElseThrow().batchId();
            assertThat(store.batches().find(id).orElseThrow().total()).as(id).isEqualTo(1);
        }
    }

    private static List<PushOutcome> pushed(List<NewJob> jobs) {
        return jobs.stream()
                .<PushOutcome>map(job -> new PushOutcome.Pushed(job.id()))
                .toList();
    }

    private Backend counting(Backend backend) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        if (commitsUntilOutage-- <= 0) {
                            throw new ClusterUnavailableException("out of reach");
                        }
                        commits++;
                    }
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
