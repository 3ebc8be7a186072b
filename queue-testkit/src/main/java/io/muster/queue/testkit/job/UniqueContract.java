package io.muster.queue.testkit.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.Dispatch;
import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import io.muster.queue.unique.UniqueLeases;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What unique jobs promise wherever their keys are kept, by jobs that are dispatched and run on two nodes. J5 */
@Tag("J5")
public abstract class UniqueContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Map<String, Gate> GATES = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private final Gate gate = new Gate(new ConcurrentHashMap<>(), new CountDownLatch(1));
    private final List<Queue> nodes = new ArrayList<>();

    /** Where keys are kept. */
    public enum Home {
        STORE,
        LEASE
    }

    /** Address of a coordinator of this case's own, or of one that is shared with others. */
    protected abstract String coordinator();

    protected abstract Home home();

    private record Gate(Map<String, CountDownLatch> begun, CountDownLatch mayEnd) {
        CountDownLatch begun(String name) {
            return begun.computeIfAbsent(name, any -> new CountDownLatch(1));
        }
    }

    /** What a job does. */
    public enum What {
        ENDS,
        WAITS,
        THROWS,
        IS_RELEASED,
        IS_DELETED
    }

    /** A job that is unique by {@code key} where it is dispatched. */
    @JobName("publish")
    public record Publish(String gate, String name, What what) implements Job {
        @Override
        public void handle(JobContext context) throws Exception {
            run(gate, name, what, context);
        }
    }

    /** Another type. */
    @JobName("print")
    public record Print(String gate, String name, What what) implements Job {
        @Override
        public void handle(JobContext context) throws Exception {
            run(gate, name, what, context);
        }
    }

    private static void run(String gateId, String name, What what, JobContext context) throws Exception {
        Gate gate = GATES.get(gateId);
        if (gate == null) {
            throw new IllegalStateException("A job of a case that is over");
        }
        gate.begun(name).countDown();
        switch (what) {
            case ENDS -> {}
            case WAITS -> {
                if (!gate.mayEnd().await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Nobody let " + name + " end");
                }
            }
            case THROWS -> throw new IllegalStateException("told to");
            case IS_RELEASED -> context.release(LONG);
            case IS_DELETED -> context.delete("told to");
        }
    }

    @BeforeEach
    void start() {
        GATES.put(id, gate);
        String address = coordinator();
        for (int i = 0; i < 2; i++) {
            nodes.add(Queue.named("unique-" + id)
                    .cluster(address)
                    .store("cluster:")
                    .job(Publish.class)
                    .job(Print.class)
                    .pool(PoolOptions.of("default").withConcurrency(3))
                    .start());
        }
    }

    @AfterEach
    void stop() {
        gate.mayEnd().countDown();
        nodes.forEach(Queue::close);
        GATES.remove(id);
    }

    @Test
    void aDuplicateIsRefusedAndToldWhoHoldsTheKeyUntilThatHasEnded() {
        Dispatched first = publish("first", What.WAITS).dispatch();
        begins("first");

        Dispatched second = publish("second", What.ENDS).dispatch();
        assertThat(second.holder()).contains(first.jobId());
        assertThat(second.liveJobId()).isEqualTo(first.jobId());
        assertThat(in(publish(1, "third", What.ENDS), "key").dispatch().holder())
                .contains(first.jobId());
        assertThat(nodes.get(0).find(second.jobId())).isEmpty();

        gate.mayEnd().countDown();
        ends(first, JobState.COMPLETED);
        Dispatched next = publish("next", What.ENDS).dispatch();
        assertThat(next.holder()).isEmpty();
        ends(next, JobState.COMPLETED);
    }

    @Test
    void aJobThatWaitsHoldsItsKey() {
        Dispatched first = publish("first", What.ENDS).delay(LONG).dispatch();

        assertThat(publish("second", What.ENDS).dispatch().holder()).contains(first.jobId());
    }

    @Test
    void otherIdsAndOtherTypesAreFree() {
        publish("first", What.ENDS).delay(LONG).dispatch();

        assertThat(in(publish("other", What.ENDS), "other-id").dispatch().holder())
                .isEmpty();
        assertThat(in(nodes.get(0).job(new Print(id, "print", What.ENDS)), "key")
                        .dispatch()
                        .holder())
                .isEmpty();
    }

    @Test
    void aReleasedJobKeepsItsKey() {
        Dispatched first = publish("first", What.IS_RELEASED).tries(3).dispatch();
        await().atMost(PATIENCE)
                .until(() ->
                        state(first.jobId()).filter(JobState.DELAYED::equals).isPresent());

        assertThat(publish("second", What.ENDS).dispatch().holder()).contains(first.jobId());
    }

    @Test
    void aJobThatIsToBeTriedAgainKeepsItsKeyAndOneThatFailedForGoodDoesNot() {
        Dispatched first = publish("first", What.THROWS).tries(2).backoff(LONG).dispatch();
        await().atMost(PATIENCE)
                .until(() ->
                        state(first.jobId()).filter(JobState.DELAYED::equals).isPresent());
        assertThat(publish("second", What.ENDS).dispatch().holder()).contains(first.jobId());

        Dispatched other = in(publish("other", What.THROWS), "other").dispatch();
        ends(other, JobState.FAILED);
        assertThat(in(publish("next", What.ENDS), "other").dispatch().holder()).isEmpty();
    }

    @Test
    void aJobThatIsDeletedFreesItsKey() {
        ends(publish("first", What.IS_DELETED).dispatch(), JobState.DISCARDED);

        assertThat(publish("second", What.ENDS).dispatch().holder()).isEmpty();
    }

    @Test
    void aJobThatTimesOutForGoodFreesItsKey() {
        ends(publish("first", What.WAITS).timeout(Duration.ofMillis(300)).dispatch(), JobState.FAILED);

        assertThat(publish("second", What.ENDS).dispatch().holder()).isEmpty();
    }

    @Test
    void aKeyUntilProcessingIsFreeOnceTheHandlerHasBegun() {
        Dispatched first = publish("first", What.WAITS).uniqueUntilProcessing().dispatch();
        begins("first");

        Dispatched second = publish("second", What.ENDS).delay(LONG).dispatch();
        assertThat(second.holder()).isEmpty();
        gate.mayEnd().countDown();
        ends(first, JobState.COMPLETED);
        assertThat(publish("third", What.ENDS).dispatch().holder()).contains(second.jobId());
    }

    @Test
    void aKeyWhoseTimeIsOverIsFreeAndTheFirstJobsEndDoesNotFreeTheNext() {
        Dispatched first =
                publish("first", What.WAITS).uniqueFor(Duration.ofSeconds(1)).dispatch();
        begins("first");
        Dispatched second = await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> publish("second", What.ENDS).delay(LONG).dispatch(),
                        dispatched -> dispatched.holder().isEmpty());

        gate.mayEnd().countDown();
        ends(first, JobState.COMPLETED);

        assertThat(publish("third", What.ENDS).dispatch().holder()).contains(second.jobId());
    }

    @Test
    void ofManyDispatchesAtOnceOneIsAccepted() {
        List<CompletableFuture<Dispatched>> dispatches = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> in(publish(i % 2, "job-" + i, What.ENDS), "key")
                        .delay(LONG)
                        .dispatch()))
                .toList();
        List<Dispatched> done = dispatches.stream().map(CompletableFuture::join).toList();

        List<Dispatched> accepted =
                done.stream().filter(each -> each.holder().isEmpty()).toList();
        assertThat(accepted).hasSize(1);
        assertThat(done).filteredOn(each -> each.holder().isPresent()).allSatisfy(refused -> assertThat(
                        refused.holder())
                .contains(accepted.get(0).jobId()));
    }

    @Test
    void oneThatIsDispatchedWithoutWaitingIsAnsweredAlike() {
        Dispatched first =
                publish("first", What.ENDS).delay(LONG).dispatchAsync().join();

        assertThat(first.holder()).isEmpty();
        assertThat(publish("second", What.ENDS).dispatchAsync().join().holder()).contains(first.jobId());
    }

    private Dispatch publish(String name, What what) {
        return in(publish(0, name, what), "key");
    }

    private Dispatch publish(int node, String name, What what) {
        return nodes.get(node).job(new Publish(id, name, what));
    }

    private Dispatch in(Dispatch job, String key) {
        Dispatch unique = job.unique(key);
        return home() == Home.LEASE ? unique.uniqueVia(UniqueLeases.OWN).uniqueFor(LONG) : unique;
    }

    private void begins(String name) {
        await().atMost(PATIENCE).until(() -> gate.begun(name).getCount() == 0);
    }

    private void ends(Dispatched job, JobState how) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(state(job.jobId())).contains(how));
    }

    private Optional<JobState> state(String jobId) {
        return nodes.get(1).find(jobId).map(StoredJob::state);
    }
}
