package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs of all kinds that complete in one exchange, which tells the server of each what is remembered of it and what it frees. */
@Tag("M3")
@Tag("J5")
@Tag("W2")
class CompletionsTest extends StoreOnServer {
    private static final String OTHER = "other";
    private static final int OF_EACH = 3;
    /** Each makes a job of its own kind of one that has an id of its own. */
    private static final Map<String, UnaryOperator<NewJob>> KINDS = Map.of(
            "plain", job -> job,
            "unique", job -> job.withUnique(UniqueKey.of("u-" + job.id())),
            "overlap", job -> job.withOverlap(OverlapKey.of("o-" + job.id())),
            "timed", job -> job.withOverlap(new OverlapKey("o-" + job.id(), Optional.of(Duration.ofHours(1)))),
            "both", job -> job.withUnique(UniqueKey.of("u-" + job.id())).withOverlap(OverlapKey.of("o-" + job.id())),
            "processing",
                    job -> job.withUnique(new UniqueKey("u-" + job.id(), Optional.empty(), UniqueKey.Until.PROCESSING)),
            "batched", job -> job.withBatch(new BatchMembership("batch", 1)),
            "batched2",
                    job -> job.withBatch(new BatchMembership("batch2", 1)).withOverlap(OverlapKey.of("o-" + job.id())));

    private RedisStore store;

    @BeforeEach
    void openStore() {
        store = withNode(quickServer());
    }

    @Test
    void eachIsRememberedFreesItsKeysAndIsCountedWhateverCompletesBesideIt() {
        store.batches().create(NewBatch.of("batch", QUEUE).opened(), List.of());
        store.batches().create(NewBatch.of("batch2", QUEUE).opened(), List.of());
        List<NewJob> jobs = jobsOfAllKinds();
        List<Attempt> taken = takeAll(jobs);
        int stale = taken.size() / 2;
        List<Settlement> settlements = new ArrayList<>();
        for (int i = 0; i < taken.size(); i++) {
            AttemptToken token = taken.get(i).token();
            AttemptToken told = i == stale
                    ? new AttemptToken(token.jobId(), token.number() + 1, token.incarnation(), token.nonce())
                    : token;
            settlements.add(Settlement.of(told, new Settlement.Completed()));
        }

        List<SettleResult> results = store.nodes()
                .exchange(new Exchange("n1", POOL, settlements, 0, Optional.empty()))
                .settled();

        for (int i = 0; i < taken.size(); i++) {
            boolean settled = i != stale;
            String id = taken.get(i).token().jobId();
            assertThat(results.get(i)).as(id).isEqualTo(settled ? SettleResult.ACCEPTED : SettleResult.STALE);
            StoredJob job = store.intake().find(id).orElseThrow();
            assertThat(job.state()).as(id).isEqualTo(settled ? JobState.COMPLETED : JobState.RUNNING);
            assertThat(job.queue()).as(id).isEqualTo(taken.get(i).queue());
            assertThat(job.type()).as(id).isEqualTo("send");
            assertThat(job.counters().starts()).as(id).isEqualTo(1);
            assertThat(job.pushedAt()).as(id).isEqualTo(taken.get(i).pushedAt());
        }
        assertThat(complete(store, List.of(taken.get(stale))).settled()).containsExactly(SettleResult.ACCEPTED);
        long onOther = taken.stream().filter(one -> one.queue().equals(OTHER)).count();
        assertThat(completed(OTHER)).isEqualTo(onOther).isPositive();
        assertThat(completed(QUEUE)).isEqualTo(jobs.size() - onOther);
        for (String batch : List.of("batch", "batch2")) {
            assertThat(store.batches().find(batch).orElseThrow().succeeded())
                    .as(batch)
                    .isEqualTo(OF_EACH);
        }
        assertThatAllKeysAreFree(jobs);
    }

    @Test
    void aJobThatCameBackKeepsItsCountersWhenItCompletes() {
        store.intake().push(List.of(job("a").withOverlap(OverlapKey.of("o-a"))));
        assertThat(assign(store, "n1", 1)).isEqualTo(1);
        Settlement released = Settlement.of(
                take(store, "n1", 1).get(0).token(), new Settlement.Released(Duration.ZERO, Settlement.Why.EXCEPTION));
        store.nodes().exchange(new Exchange("n1", POOL, List.of(released), 0, Optional.empty()));
        assertThat(assign(store, "n1", 1)).isEqualTo(1);

        complete(store, take(store, "n1", 1));

        StoredJob job = store.intake().find("a").orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.counters().starts()).isEqualTo(2);
        assertThat(job.counters().exceptions()).isEqualTo(1);
        assertThatAllKeysAreFree(List.of(job("a").withOverlap(OverlapKey.of("o-a"))));
    }

    @Test
    void whatIsDeliveredAgainCompletesAsWell() {
        List<NewJob> jobs = List.of(job("a").withOverlap(OverlapKey.of("o-a")), job("b"));
        store.intake().push(jobs);
        assertThat(assign(store, "n1", 2)).isEqualTo(2);
        List<Attempt> first = take(store, "n1", 2);

        List<Attempt> again =
                store.nodes().exchange(taking("n1", 2, Optional.of(Set.of()))).taken();

        assertThat(again)
                .extracting(Attempt::token)
                .containsExactlyInAnyOrderElementsOf(
                        first.stream().map(Attempt::token).toList());
        assertThat(complete(store, again).settled()).containsOnly(SettleResult.ACCEPTED);
        assertThatAllKeysAreFree(jobs);
    }

    /** In no order, on two queues but for members of a batch. */
    private static List<NewJob> jobsOfAllKinds() {
        List<NewJob> jobs = new ArrayList<>();
        KINDS.forEach((kind, make) -> IntStream.range(0, OF_EACH).forEach(i -> {
            String queue = i == 1 && !kind.startsWith("batched") ? OTHER : QUEUE;
            jobs.add(make.apply(NewJob.of(kind + "-" + i, queue, "send", new byte[] {1, 2, 3})));
        }));
        return jobs;
    }

    private List<Attempt> takeAll(List<NewJob> jobs) {
        store.intake().push(jobs);
        Grant all = new Grant("n1", POOL, List.of(QUEUE, OTHER), Set.of(), jobs.size());
        assertThat(store.leader().assign(FENCE, List.of(all)).total()).isEqualTo(jobs.size());
        List<Attempt> taken = new ArrayList<>(take(store, "n1", jobs.size()));
        assertThat(taken).hasSameSizeAs(jobs);
        Collections.shuffle(taken, new Random(7));
        return taken;
    }

    private long completed(String queue) {
        return store.intake().counts().stream()
                .filter(counts -> counts.queue().equals(queue))
                .mapToLong(QueueCounts::completed)
                .sum();
    }

    /** Others with the same keys are pushed and assigned at once. */
    private void assertThatAllKeysAreFree(List<NewJob> jobs) {
        List<NewJob> others = new ArrayList<>();
        for (NewJob job : jobs) {
            NewJob other = NewJob.of("again-" + job.id(), QUEUE, "send", new byte[0]);
            NewJob unique = job.unique().map(other::withUnique).orElse(other);
            others.add(job.overlap().map(unique::withOverlap).orElse(unique));
        }
        assertThat(store.intake().push(others)).hasSize(others.size()).allMatch(PushOutcome.Pushed.class::isInstance);
        assertThat(assign(store, "n1", others.size())).isEqualTo(others.size());
    }
}
