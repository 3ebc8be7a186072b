package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of a batch, once by the scripts and once by {@link BatchChange}: both say the same after each step. */
@Tag("W2")
@Tag("W3")
@Tag("W5")
class BatchRulesTest {
    private static final Fence FENCE = new Fence("default", "coordinator", 7);
    private static final String QUEUE = "mail";
    private static final String CALLBACKS = "callbacks";
    private static final String CONNECTION = "elsewhere";
    private static final String POOL = "main";
    private static final String BATCH = "batch";
    private static final String NODE = "n1";
    private static final int LIVES = 12;
    private static final int STEPS = 25;
    private static final int MANY = 1000;
    private static final Instant SOME_MOMENT = Instant.EPOCH;

    private RedisEnvironment environment;

    @BeforeEach
    void open() {
        Optional<LocalServer> server =
                SharedServers.get(ServerKind.REDIS, ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        assumeTrue(server.isPresent(), "no Redis on this machine");
        environment = new RedisEnvironment(
                RedisStoreConfig.at(server.get().host() + ":" + server.get().port()));
    }

    @AfterEach
    void close() {
        if (environment != null) {
            environment.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void scriptsAndTheFunctionSayTheSame(long seed) {
        Random random = new Random(seed);
        JobStore store = environment.openStore();
        store.nodes().admit(IncarnationRecord.admitted(NODE, "node", SOME_MOMENT), Optional.empty());
        for (int life = 0; life < LIVES; life++) {
            Life batch = new Life(store, random, BATCH + life);
            for (int step = 0; step < STEPS; step++) {
                String done = batch.step();
                assertThat(plain(batch.stored()))
                        .as("seed %d, life %d, step %d: %s", seed, life, step, done)
                        .isEqualTo(plain(batch.model));
                batch.comparePushed();
            }
            batch.endAll();
        }
    }

    /** Without moments, of which only their being there is compared, and payloads, which are arrays. */
    private static StoredBatch plain(StoredBatch batch) {
        return new StoredBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                batch.open(),
                batch.total(),
                batch.succeeded(),
                batch.failed(),
                batch.skipped(),
                SOME_MOMENT,
                batch.cancelledAt().map(moment -> SOME_MOMENT),
                batch.cancelledByFailure(),
                batch.finishedAt().map(moment -> SOME_MOMENT),
                batch.firstFailure(),
                batch.happened(),
                Map.of());
    }

    /** One batch and what is expected of it. */
    private static final class Life {
        private final JobStore store;
        private final Random random;
        private final String id;
        /** Members that wait or have failed, and for how many links they stand. */
        private final Map<String, Integer> waiting = new TreeMap<>();

        private final Map<String, Integer> failed = new TreeMap<>();
        private final List<String> pushed = new ArrayList<>();
        private final List<String> relayed = new ArrayList<>();
        private StoredBatch model;
        private int lastMember;
        private int lastPriority = 9;

        Life(JobStore store, Random random, String id) {
            this.store = store;
            this.random = random;
            this.id = id;
            NewBatch batch = new NewBatch(id, "Näme", QUEUE, random.nextBoolean(), random.nextBoolean(), callbacks());
            List<NewJob> members = members(random.nextInt(4));
            BatchChange created = BatchChange.created(batch, SOME_MOMENT);
            this.model = created.batch();
            expect(created.followUps());
            assertThat(store.batches().create(batch, members)).allMatch(PushOutcome.Pushed.class::isInstance);
            added(members);
            if (!batch.open()) {
                changed(BatchChange.sealed(model, SOME_MOMENT));
            }
            assertThat(stored().callbacks().keySet())
                    .isEqualTo(batch.callbacks().keySet());
            batch.callbacks().forEach((event, entry) -> {
                OutboxEntry kept =
                        Optional.ofNullable(stored().callbacks().get(event)).orElseThrow();
                assertThat(kept.connection()).isEqualTo(entry.connection());
                assertThat(kept.job().queue()).isEqualTo(CALLBACKS);
                assertThat(kept.job().priority()).isEqualTo(entry.job().priority());
                assertThat(kept.job().overlap()).isEqualTo(entry.job().overlap());
                assertThat(kept.job().tellsFailure()).isEqualTo(entry.job().tellsFailure());
                assertThat(kept.job().payload()).isEqualTo(entry.job().payload());
            });
        }

        private Map<BatchEvent, OutboxEntry> callbacks() {
            Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
            for (BatchEvent event : BatchEvent.values()) {
                NewJob job = NewJob.of("template", CALLBACKS, "callback", bytes(event.word()));
                if (random.nextInt(3) == 0) {
                    job = job.withOverlap(new OverlapKey("key", Optional.of(Duration.ofHours(1))));
                }
                if (random.nextInt(3) == 0) {
                    job = job.tellingFailure().withPriority(3);
                }
                int kind = random.nextInt(4);
                if (kind > 0) {
                    callbacks.put(event, kind == 1 ? OutboxEntry.to(CONNECTION, job) : OutboxEntry.here(job));
                }
            }
            return callbacks;
        }

        StoredBatch stored() {
            return store.batches().find(id).orElseThrow();
        }

        String step() {
            int kind = random.nextInt(12);
            if (kind < 2) {
                return push();
            } else if (kind < 8) {
                return settle();
            } else if (kind == 8) {
                return retry();
            } else if (kind == 9) {
                return clear();
            } else if (kind == 10 && random.nextInt(3) == 0) {
                store.batches().cancel(id);
                model = BatchChange.cancelled(model, SOME_MOMENT);
                return "cancel";
            } else if (kind == 11) {
                store.batches().seal(id);
                changed(BatchChange.sealed(model, SOME_MOMENT));
                return "seal";
            }
            return crash();
        }

        private String push() {
            List<NewJob> members = members(1 + random.nextInt(4));
            List<PushOutcome> outcomes = store.intake().push(members);
            if (model.finished()) {
                assertThat(outcomes).allMatch(PushOutcome.NotInBatch.class::isInstance);
                return "push to a finished one";
            }
            assertThat(outcomes).allMatch(PushOutcome.Pushed.class::isInstance);
            added(members);
            return "push " + members.size();
        }

        /** Some of all that can run, in one call; the others are given back. */
        private String settle() {
            List<Attempt> attempts = run();
            List<Settlement> settlements = new ArrayList<>();
            BatchEnds ends = BatchEnds.NONE;
            for (Attempt attempt : attempts) {
                String job = attempt.token().jobId();
                int links = Optional.ofNullable(waiting.get(job)).orElseThrow();
                Settlement settlement = settlement(attempt, links);
                settlements.add(settlement);
                int following = 0;
                for (OutboxEntry entry : settlement.outbox()) {
                    int more = entry.job().batch().orElseThrow().links();
                    following += more;
                    waiting.put(entry.job().id(), more);
                }
                ends = ends.and(BatchEnds.of(job, links, settlement.outcome(), following));
                ended(job, links, settlement.outcome());
            }
            settleAll(settlements);
            if (!settlements.isEmpty()) {
                changed(BatchChange.ended(model, ends, SOME_MOMENT));
            }
            return "settle " + settlements;
        }

        private Settlement settlement(Attempt attempt, int links) {
            Settlement.Outcome outcome =
                    switch (random.nextInt(8)) {
                        case 0, 1 -> new Settlement.Completed();
                        case 2 -> new Settlement.Discarded("no more");
                        case 3 ->
                            new Settlement.Failed(
                                    "bröken " + attempt.token().jobId(), "trace", Settlement.Why.EXCEPTION);
                        case 4 -> new Settlement.Released(Duration.ZERO, Settlement.Why.ASKED);
                        default -> new Settlement.Returned();
                    };
            boolean chained = outcome instanceof Settlement.Completed && (links > 1 || random.nextInt(4) == 0);
            boolean caught = outcome instanceof Settlement.Failed && random.nextInt(4) == 0;
            boolean follows = chained || caught;
            if (!follows || random.nextInt(4) == 0) {
                return Settlement.of(attempt.token(), outcome);
            }
            return new Settlement(
                    attempt.token(), outcome, List.of(OutboxEntry.here(member(1 + random.nextInt(links + 1)))));
        }

        private void ended(String job, int links, Settlement.Outcome outcome) {
            boolean lives = outcome instanceof Settlement.Released || outcome instanceof Settlement.Returned;
            if (!lives) {
                waiting.remove(job);
            }
            if (outcome instanceof Settlement.Failed) {
                failed.put(job, links);
            }
        }

        private String retry() {
            if (failed.isEmpty()) {
                return "nothing to retry";
            }
            List<String> some = failed.keySet().stream().limit(2).toList();
            store.intake().retry(some);
            for (String job : some) {
                int links = removed(failed, job);
                model = BatchChange.retried(model, links);
                waiting.put(job, links);
            }
            return "retry " + some;
        }

        private String clear() {
            int asked = 1 + random.nextInt(2);
            if (random.nextInt(3) > 0) {
                return "nothing to clear";
            }
            int cleared = store.intake().clear(QUEUE, asked);
            Set<String> left = Set.copyOf(listed(QUEUE));
            BatchEnds ends = BatchEnds.NONE;
            for (String job : List.copyOf(waiting.keySet())) {
                if (!left.contains(job)) {
                    ends = ends.and(BatchEnds.cleared(removed(waiting, job)));
                }
            }
            if (cleared > 0) {
                changed(BatchChange.ended(model, ends, SOME_MOMENT));
            }
            return "clear " + cleared;
        }

        /** The only job that runs is lost with its node so often that it fails. */
        private String crash() {
            NewJob doomed = member(1 + random.nextInt(2)).withMaxCrashes(1).withPriority(++lastPriority);
            if (model.finished()) {
                return "no crash";
            }
            assertThat(store.intake().push(List.of(doomed))).containsExactly(new PushOutcome.Pushed(doomed.id()));
            added(List.of(doomed));
            int links = removed(waiting, doomed.id());
            for (int i = 0; i < 2; i++) {
                String lost = UUID.randomUUID().toString();
                store.nodes().admit(IncarnationRecord.admitted(lost, "node", SOME_MOMENT), Optional.empty());
                store.leader().assign(FENCE, List.of(new Grant(lost, POOL, List.of(QUEUE), Set.of(), 1)));
                assertThat(take(lost))
                        .extracting(attempt -> attempt.token().jobId())
                        .containsExactly(doomed.id());
                store.leader().bury(FENCE, lost, MANY);
            }
            failed.put(doomed.id(), links);
            changed(BatchChange.ended(model, BatchEnds.failed(doomed.id(), links, StoredJob.CRASHED), SOME_MOMENT));
            return "crash";
        }

        private void changed(BatchChange change) {
            model = change.batch();
            expect(change.followUps());
        }

        private void expect(List<OutboxEntry> followUps) {
            for (OutboxEntry entry : followUps) {
                boolean here = entry.connection().isEmpty();
                // A member that was retried may end well twice if it was followed: its callback's id is known then.
                List<String> expected = here ? pushed : relayed;
                if (!expected.contains(entry.job().id())) {
                    expected.add(entry.job().id());
                }
            }
        }

        void comparePushed() {
            assertThat(listed(CALLBACKS)).containsExactlyInAnyOrderElementsOf(pushed);
            List<OutboxEntry> outbox = store.leader().outbox(FENCE, MANY);
            assertThat(outbox).extracting(OutboxEntry::id).containsExactlyInAnyOrderElementsOf(relayed);
            assertThat(outbox).allSatisfy(entry -> {
                assertThat(entry.connection()).contains(CONNECTION);
                assertThat(entry.job().id()).isEqualTo(entry.id());
            });
        }

        private void added(List<NewJob> members) {
            for (NewJob member : members) {
                int links = member.batch().orElseThrow().links();
                model = BatchChange.added(model, links);
                waiting.put(member.id(), links);
            }
        }

        private List<NewJob> members(int count) {
            List<NewJob> members = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                members.add(member(1 + random.nextInt(3)));
            }
            return members;
        }

        private NewJob member(int links) {
            String job = id + "-" + ++lastMember;
            NewJob member = NewJob.of(job, QUEUE, "send", bytes(job)).withBatch(new BatchMembership(id, links));
            return switch (random.nextInt(4)) {
                case 0 -> member.withOverlap(new OverlapKey(job, Optional.empty()));
                case 1 -> member.withPriority(random.nextInt(3));
                default -> member;
            };
        }

        private List<Attempt> run() {
            store.leader().assign(FENCE, List.of(new Grant(NODE, POOL, List.of(QUEUE), Set.of(), MANY)));
            return take(NODE);
        }

        private List<Attempt> take(String incarnation) {
            return store.nodes()
                    .exchange(new Exchange(incarnation, POOL, List.of(), MANY, Optional.empty()))
                    .taken();
        }

        private void settleAll(List<Settlement> settlements) {
            assertThat(store.nodes()
                            .exchange(new Exchange(NODE, POOL, settlements, 0, Optional.empty()))
                            .settled())
                    .allMatch(SettleResult.ACCEPTED::equals);
        }

        private List<String> listed(String queue) {
            return store.intake().list(queue, JobState.READY, Optional.empty(), MANY).jobs().stream()
                    .map(StoredJob::id)
                    .toList();
        }

        /** Leaves nothing that the next life would run. */
        void endAll() {
            while (store.intake().clear(QUEUE, MANY) + store.intake().clear(CALLBACKS, MANY) > 0) {
                // until nothing is left
            }
            store.leader()
                    .relayed(
                            FENCE,
                            store.leader().outbox(FENCE, MANY).stream()
                                    .map(OutboxEntry::id)
                                    .toList());
        }
    }

    private static int removed(Map<String, Integer> links, String job) {
        return Optional.ofNullable(links.remove(job)).orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
