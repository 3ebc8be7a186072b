package io.muster.queue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Retention;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.testkit.store.MovableTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random operations on the memory store and on {@link StoreModel}: every answer and every job must agree. */
class MemoryStoreModelTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 150;

    @Test
    @Tag("K2")
    void theMemoryStoreDoesWhatTheModelSays() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                run.steps();
            }
        }
    }

    /** One history, told apart by its seed. */
    private static final class Run implements AutoCloseable {
        private static final Fence FENCE = new Fence("default", "coordinator", 1);
        private static final List<String> QUEUES = List.of("high", "low");
        private static final List<String> POOLS = List.of("main", "slow");
        private static final List<String> TYPES = List.of("a", "b", "c");
        private static final int MOST_LIVES = 8;

        private final long seed;
        private final Random random;
        private final MovableTimeline timeline = new MovableTimeline();
        private final JobStore store;
        private final StoreModel model = new StoreModel();
        private final List<AttemptToken> tokens = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private int pushed;

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.store = MemoryStore.open(MemoryOptions.DEFAULT, timeline);
        }

        void steps() {
            for (int i = 0; i < STEPS; i++) {
                step();
                if (i % 5 == 0) {
                    compareEverything();
                }
            }
            compareEverything();
        }

        @Override
        public void close() {
            store.close();
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> push();
                case 3, 4, 5 -> assign();
                case 6, 7, 8 -> exchange();
                case 9 -> admit();
                case 10 -> lose();
                case 11 -> revoke();
                case 12 -> tend();
                default -> pauseResumeOrClear();
            }
        }

        private void push() {
            List<NewJob> batch = IntStream.rangeClosed(0, random.nextInt(4))
                    .mapToObj(i -> randomJob())
                    .toList();
            compare(
                    "push " + batch,
                    () -> store.intake().push(batch).stream()
                            .map(Run::text)
                            .toList()
                            .toString(),
                    model.push(batch, now()));
        }

        private void assign() {
            List<Grant> grants = IntStream.rangeClosed(0, random.nextInt(3))
                    .mapToObj(i -> randomGrant())
                    .toList();
            compare(
                    "assign " + grants,
                    () -> store.leader().assign(FENCE, grants).assigned().toString(),
                    model.assign(grants, now()));
        }

        private void exchange() {
            List<Settlement> settlements = IntStream.range(0, Math.min(tokens.size(), random.nextInt(5)))
                    .mapToObj(i -> Settlement.of(tokens.get(recent(tokens.size())), randomOutcome()))
                    .toList();
            String incarnation = settlements.isEmpty() || random.nextInt(10) == 0
                    ? randomLife()
                    : settlements.get(0).token().incarnation();
            Optional<Set<String>> holding = random.nextInt(3) > 0 ? Optional.empty() : Optional.of(randomIds());
            Exchange exchange = new Exchange(incarnation, pick(POOLS), settlements, random.nextInt(5), holding);
            compare(
                    "exchange " + exchange,
                    () -> text(store.nodes().exchange(exchange)),
                    model.exchange(exchange, now()));
        }

        private void admit() {
            String life = randomLife();
            Optional<String> survivorOf = random.nextBoolean() ? Optional.empty() : Optional.of(randomLife());
            compare(
                    "admit " + life + " " + survivorOf,
                    () -> {
                        store.nodes().admit(IncarnationRecord.admitted(life, "node", now()), survivorOf);
                        return "";
                    },
                    model.admit(life, survivorOf));
        }

        private void lose() {
            String life = randomLife();
            if (random.nextInt(4) == 0) {
                compare(
                        "leave " + life,
                        () -> {
                            store.nodes().leave(life);
                            return "";
                        },
                        model.leave(life, now()));
                return;
            }
            compare(
                    "bury " + life,
                    () -> {
                        BuryReport report = store.leader().bury(FENCE, life, Integer.MAX_VALUE);
                        assertThat(report.done()).isTrue();
                        return report.untaken() + " " + report.crashed() + " " + report.failed();
                    },
                    model.bury(life, now()));
        }

        private void revoke() {
            String life = randomLife();
            String pool = pick(POOLS);
            int limit = random.nextInt(4);
            compare(
                    "revoke " + life + " " + pool + " " + limit,
                    () -> Integer.toString(store.leader().revoke(FENCE, life, pool, limit)),
                    model.revoke(life, pool, limit, now()));
        }

        private void tend() {
            timeline.move(Duration.ofSeconds(random.nextInt(4)));
            if (random.nextInt(3) == 0) {
                Duration longest = Duration.ofSeconds(random.nextInt(10));
                compare(
                        "failUnserved " + longest,
                        () -> Integer.toString(store.leader().failUnserved(FENCE, List.of("a", "b"), longest, now())),
                        model.failUnserved(Set.of("a", "b"), longest, now()));
                return;
            }
            Duration retention = Duration.ofSeconds(random.nextInt(30));
            compare(
                    "tend " + retention,
                    () -> {
                        var report = store.leader()
                                .tend(FENCE, new Retention(retention, retention), now(), Integer.MAX_VALUE);
                        return report.promoted() + " " + report.forgotten();
                    },
                    model.promote(now()) + " " + model.forget(retention, now()));
        }

        private void pauseResumeOrClear() {
            String queue = pick(QUEUES);
            if (random.nextInt(8) == 0) {
                compare(
                        "clear " + queue,
                        () -> Integer.toString(store.intake().clear(queue, Integer.MAX_VALUE)),
                        model.clear(queue));
            } else if (random.nextBoolean()) {
                store.intake().pause(queue, "test");
                model.pause(queue);
            } else {
                store.intake().resume(queue);
                model.resume(queue);
            }
        }

        private void compare(String operation, Supplier<String> real, String modelled) {
            history.add(now() + " " + operation);
            String answered;
            try {
                answered = real.get();
            } catch (IncarnationBuriedException refused) {
                answered = StoreModel.REFUSED;
            }
            assertThat(answered).as(this::story).isEqualTo(modelled);
        }

        private void compareEverything() {
            List<String> real = new ArrayList<>();
            List<String> modelled = new ArrayList<>();
            for (int i = 0; i < pushed; i++) {
                String id = "job-" + i;
                real.add(store.intake()
                        .find(id)
                        .map(job -> id + " " + job.state() + " " + job.counters() + " " + job.holder())
                        .orElse(""));
                modelled.add(model.describe(id).map(job -> id + " " + job).orElse(""));
            }
            for (IncarnationRecord record : store.leader().incarnations()) {
                real.add(record.incarnation() + " " + record.status() + " " + record.held());
            }
            modelled.addAll(model.lives());
            assertThat(real).as(this::story).isEqualTo(modelled);
        }

        private String story() {
            return "seed " + seed + " after\n" + String.join("\n", history);
        }

        private String text(ExchangeReply reply) {
            reply.taken().forEach(attempt -> tokens.add(attempt.token()));
            List<String> taken = reply.taken().stream()
                    .map(attempt ->
                            attempt.token().jobId() + "#" + attempt.token().number() + " " + attempt.counters())
                    .toList();
            return reply.settled() + " " + taken + " " + reply.waiting();
        }

        private static String text(PushOutcome outcome) {
            return outcome instanceof PushOutcome.DuplicateOf duplicate
                    ? "DuplicateOf " + duplicate.holderJobId()
                    : outcome.getClass().getSimpleName();
        }

        private NewJob randomJob() {
            int number = random.nextInt(6) == 0 && pushed > 0 ? random.nextInt(pushed) : pushed++;
            NewJob job = NewJob.of("job-" + number, pick(QUEUES), pick(TYPES), new byte[0])
                    .withPriority(random.nextInt(3))
                    .withMaxCrashes(1 + random.nextInt(2));
            if (random.nextInt(4) == 0) {
                job = job.withDueAt(now().plusSeconds(random.nextInt(6) - 1L));
            }
            if (random.nextInt(4) == 0) {
                job = job.withUnique(new UniqueKey("unique-" + random.nextInt(3), maybeSoon(), pick(untils())));
            }
            if (random.nextInt(3) == 0) {
                job = job.withOverlap(new OverlapKey("overlap-" + random.nextInt(2), maybeSoon()));
            }
            return job;
        }

        private static List<UniqueKey.Until> untils() {
            return List.of(UniqueKey.Until.values());
        }

        private Optional<Duration> maybeSoon() {
            return random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(1 + random.nextInt(8)));
        }

        private Grant randomGrant() {
            Set<String> types = random.nextBoolean() ? Set.of() : Set.of("a", pick(List.of("b", "c")));
            List<String> queues = random.nextBoolean() ? QUEUES : List.of(pick(QUEUES));
            return new Grant(randomLife(), pick(POOLS), queues, types, random.nextInt(5));
        }

        private Settlement.Outcome randomOutcome() {
            Settlement.Why why = pick(List.of(Settlement.Why.values()));
            return switch (random.nextInt(6)) {
                case 0, 1 -> new Settlement.Completed();
                case 2 -> new Settlement.Released(Duration.ofSeconds(random.nextInt(3)), why);
                case 3 -> new Settlement.Failed("broken", "", why);
                case 4 -> new Settlement.Discarded("dropped");
                default -> new Settlement.Returned();
            };
        }

        private Set<String> randomIds() {
            return IntStream.range(0, pushed)
                    .filter(i -> random.nextBoolean())
                    .mapToObj(i -> "job-" + i)
                    .collect(Collectors.toSet());
        }

        /** Lives come and go: the later in the history, the higher their numbers. */
        private String randomLife() {
            return "n" + (history.size() / 15 + random.nextInt(MOST_LIVES / 2));
        }

        /** Mostly one of the last. */
        private int recent(int size) {
            return random.nextInt(4) == 0 ? random.nextInt(size) : size - 1 - random.nextInt(Math.min(size, 6));
        }

        private <T> T pick(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }

        private Instant now() {
            return timeline.clock().instant();
        }
    }
}
