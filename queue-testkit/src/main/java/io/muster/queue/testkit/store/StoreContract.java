package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Retention;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.TendReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the topics of the contract share: a store in an environment of its own, and short words for what they do with it. */
public abstract class StoreContract {
    static final String QUEUE = "mail";
    static final String TYPE = "send";
    static final String POOL = "main";
    static final int MANY = 1000;
    static final Fence FENCE = new Fence("default", "coordinator-a", 7);
    static final Fence NEWER = new Fence("default", "coordinator-a", 8);
    static final Settlement.Outcome COMPLETED = new Settlement.Completed();
    static final Settlement.Outcome RETURNED = new Settlement.Returned();
    static final Settlement.Outcome RELEASED = new Settlement.Released(Duration.ZERO, Settlement.Why.ASKED);
    static final Settlement.Outcome FAILED = new Settlement.Failed("broken", "at line 1", Settlement.Why.EXCEPTION);
    static final Settlement.Outcome DISCARDED = new Settlement.Discarded("not needed");

    StoreEnvironment environment;
    JobStore store;

    @SuppressWarnings("NullAway.Init") // JUnit calls open before each case
    protected StoreContract() {}

    /** A store without jobs. */
    protected abstract StoreEnvironment openEnvironment();

    @BeforeEach
    void open() {
        environment = openEnvironment();
        store = environment.openStore();
    }

    @AfterEach
    void closeEnvironment() {
        environment.close();
    }

    static NewJob job(String id) {
        return NewJob.of(id, QUEUE, TYPE, id.getBytes(StandardCharsets.UTF_8));
    }

    static NewJob jobOfType(String id, String type) {
        return NewJob.of(id, QUEUE, type, new byte[0]);
    }

    static NewJob jobOn(String id, String queue) {
        return NewJob.of(id, queue, TYPE, new byte[0]);
    }

    static Grant grant(String incarnation, int limit) {
        return grant(incarnation, limit, QUEUE);
    }

    static Grant grant(String incarnation, int limit, String... queues) {
        return new Grant(incarnation, POOL, List.of(queues), Set.of(), limit);
    }

    /** Pushes jobs, all of which are accepted. */
    void push(NewJob... jobs) {
        assertThat(store.intake().push(List.of(jobs)))
                .hasSize(jobs.length)
                .allMatch(PushOutcome.Pushed.class::isInstance);
    }

    void push(String... ids) {
        for (String id : ids) {
            push(job(id));
        }
    }

    void admit(String... incarnations) {
        for (String incarnation : incarnations) {
            store.nodes().admit(record(incarnation), Optional.empty());
        }
    }

    void admitSurvivor(String incarnation, String of) {
        store.nodes().admit(record(incarnation), Optional.of(of));
    }

    IncarnationRecord record(String incarnation) {
        return IncarnationRecord.admitted(incarnation, "node-of-" + incarnation, environment.now());
    }

    /** Assigns until the pool has {@code limit} jobs; answers how many were added. */
    int assign(String incarnation, int limit) {
        return assign(grant(incarnation, limit));
    }

    int assign(Grant grant) {
        return store.leader().assign(FENCE, List.of(grant)).total();
    }

    List<Attempt> take(String incarnation, int most) {
        return exchange(incarnation, most).taken();
    }

    ExchangeReply exchange(String incarnation, int take, Settlement... settlements) {
        return store.nodes().exchange(new Exchange(incarnation, POOL, List.of(settlements), take, Optional.empty()));
    }

    ExchangeReply exchangeHolding(String incarnation, int take, Set<String> holding, Settlement... settlements) {
        return store.nodes()
                .exchange(new Exchange(incarnation, POOL, List.of(settlements), take, Optional.of(holding)));
    }

    /** Assigns and takes: the jobs that run now because of it. */
    List<Attempt> run(String incarnation, int more) {
        assign(incarnation, held(incarnation) + more);
        return take(incarnation, more);
    }

    /** Assigns and takes the one job there is. */
    Attempt runOne(String incarnation) {
        List<Attempt> attempts = run(incarnation, 1);
        assertThat(attempts).hasSize(1);
        return attempts.get(0);
    }

    SettleResult settle(Attempt attempt, Settlement.Outcome outcome) {
        return exchange(attempt.token().incarnation(), 0, Settlement.of(attempt.token(), outcome))
                .settled()
                .get(0);
    }

    void settleAll(List<Attempt> attempts, Settlement.Outcome outcome) {
        attempts.forEach(attempt -> assertThat(settle(attempt, outcome)).isEqualTo(SettleResult.ACCEPTED));
    }

    /** Buries in as many steps as it takes; answers the sums. */
    BuryReport bury(String incarnation) {
        BuryReport sum = new BuryReport(0, 0, 0, false);
        while (!sum.done()) {
            BuryReport step = store.leader().bury(FENCE, incarnation, MANY);
            sum = new BuryReport(
                    sum.untaken() + step.untaken(),
                    sum.crashed() + step.crashed(),
                    sum.failed() + step.failed(),
                    step.done());
        }
        return sum;
    }

    TendReport tend() {
        return store.leader().tend(FENCE, Retention.DEFAULT, environment.now(), MANY);
    }

    StoredJob find(String id) {
        return store.intake().find(id).orElseThrow(() -> new AssertionError("The store does not know job " + id));
    }

    JobState state(String id) {
        return find(id).state();
    }

    int held(String incarnation) {
        return store.leader().incarnations().stream()
                .filter(record -> record.incarnation().equals(incarnation))
                .mapToInt(IncarnationRecord::held)
                .sum();
    }

    /** Loses the job that is next together with its node, and once more as a suspect: with one crash allowed it has failed. */
    void crashNextTwice(String jobId) {
        for (int round = 0; round < 2; round++) {
            String incarnation = "crash-" + round + "-of-" + jobId;
            admit(incarnation);
            assertThat(runOne(incarnation).token().jobId()).isEqualTo(jobId);
            bury(incarnation);
        }
    }

    /** Pushes what the outbox holds for this store, as the leader does. */
    void relayAll() {
        List<OutboxEntry> here = store.leader().outbox(FENCE, MANY).stream()
                .filter(entry -> entry.connection().isEmpty())
                .toList();
        if (!here.isEmpty()) {
            int most = store.capabilities().mostPushBatch();
            for (int from = 0; from < here.size(); from += most) {
                store.intake()
                        .push(here.subList(from, Math.min(from + most, here.size())).stream()
                                .map(OutboxEntry::job)
                                .toList());
            }
            store.leader().relayed(FENCE, here.stream().map(OutboxEntry::id).toList());
        }
    }

    static List<String> ids(List<Attempt> attempts) {
        return attempts.stream().map(attempt -> attempt.token().jobId()).toList();
    }
}
