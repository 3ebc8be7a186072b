package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Candidacy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.Node;
import io.muster.cluster.Registration;
import io.muster.cluster.local.FaultPlan;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.recipes.Cells.Cell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random faults around four nodes; a seed that fails is replayed by its number. */
@Tag("C4")
@Tag("C2")
@Tag("C1")
class RecipesSimulationTest {
    private static final List<String> GROUPS = List.of("g", "h");
    private static final int NODES = 4;
    private static final Duration TROUBLE = Duration.ofMinutes(3);

    static LongStream seeds() {
        return LongStream.range(0, Boolean.getBoolean("muster.full") ? 400 : 25);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverTwoBelieveAndEverythingHealsInTheEnd(long seed) {
        Simulation simulation = new Simulation(seed);

        simulation.run();

        simulation.heal();
        simulation.checkHealed();
    }

    private static final class Simulation {
        private final Random random;
        private final Cells cells;
        private final List<Member> members = new ArrayList<>();
        private final Set<Long> fences = new HashSet<>();
        private boolean down;
        private boolean troubled = true;

        Simulation(long seed) {
            random = new Random(seed);
            cells = new Cells(ManualTimeline.shuffled(seed), LocalConfig.DEFAULT_CAPABILITIES);
            for (int i = 0; i < NODES; i++) {
                members.add(new Member(cells.open("n" + i)));
            }
            members.forEach(Member::begin);
        }

        void run() {
            Duration end = cells.timeline.elapsed().plus(TROUBLE);
            while (cells.timeline.elapsed().compareTo(end) < 0) {
                Duration next = cells.timeline.elapsed().plusMillis(random.nextInt(1_500));
                cells.timeline.runUntil(
                        () -> {
                            check();
                            return false;
                        },
                        next.minus(cells.timeline.elapsed()));
                cells.advance(
                        next.minus(cells.timeline.elapsed()).isNegative()
                                ? Duration.ZERO
                                : next.minus(cells.timeline.elapsed()));
                check();
                disturb();
            }
        }

        private void disturb() {
            Member member = members.get(random.nextInt(NODES));
            switch (random.nextInt(12)) {
                case 0 -> member.cell.faults.cut();
                case 1, 2 -> member.cell.faults.heal();
                case 3 -> member.cell.process.pause();
                case 4, 5 -> member.cell.process.resume();
                case 6 -> member.cell.faults.silenceWatches();
                case 7 -> member.cell.faults.resumeWatches();
                case 8 -> toggleCoordinator();
                case 9 -> member.resign();
                default -> member.tryLock();
            }
        }

        private void toggleCoordinator() {
            if (down || random.nextInt(3) == 0) {
                if (down) {
                    cells.coordinator.start();
                } else {
                    cells.coordinator.stop();
                }
                down = !down;
            }
        }

        void check() {
            for (String group : GROUPS) {
                assertThat(members.stream()
                                .filter(member -> member.leads(group))
                                .toList())
                        .as("believe that they lead %s at %s", group, cells.timeline.elapsed())
                        .hasSizeLessThanOrEqualTo(1);
            }
            assertThat(members.stream().filter(Member::holdsLock).toList())
                    .as("believe that they hold the lock at %s", cells.timeline.elapsed())
                    .hasSizeLessThanOrEqualTo(1);
        }

        void heal() {
            troubled = false;
            if (down) {
                cells.coordinator.start();
            }
            for (Member member : members) {
                member.cell.faults.heal();
                member.cell.faults.resumeWatches();
                member.cell.process.resume();
            }
            cells.advance(Duration.ofMinutes(2));
        }

        void checkHealed() {
            check();
            for (String group : GROUPS) {
                assertThat(members.stream()
                                .filter(member -> member.leads(group))
                                .toList())
                        .as("leaders of " + group)
                        .hasSize(1);
            }
            Set<String> listed = new HashSet<>();
            for (Node node : members.get(0).cell.cluster.nodes()) {
                listed.add(node.id().toString());
            }
            assertThat(listed).hasSize(NODES);
            members.forEach(member -> assertThat(member.seen).isEqualTo(listed));
            members.forEach(Member::checkLogs);
            assertThat(members.get(0)
                            .cell
                            .cluster
                            .tryLock("k", Duration.ofMinutes(1))
                            .held())
                    .as("the lock is free once its TTL has passed")
                    .isPresent();
            assertThat(cells.timeline.failures()).isEmpty();
        }

        private final class Member implements FaultPlan {
            private final Cell cell;
            private final List<LeadershipLog> logs = new ArrayList<>();
            private final List<Candidacy> candidacies = new ArrayList<>();
            private Set<String> seen = Set.of();
            private List<Lock> locks = new ArrayList<>();

            Member(Cell cell) {
                this.cell = cell;
            }

            void begin() {
                cell.cluster.register(Registration.of(cell.process.name(), 1));
                cell.cluster.onMembership(nodes -> {
                    Set<String> names = new HashSet<>();
                    nodes.forEach(node -> names.add(node.id().toString()));
                    seen = names;
                });
                for (String group : GROUPS) {
                    LeadershipLog log = new LeadershipLog();
                    logs.add(log);
                    candidacies.add(cell.cluster.campaign(group, log));
                }
                cell.faults.plan(this);
            }

            boolean leads(String group) {
                return candidacies.get(GROUPS.indexOf(group)).term().isPresent();
            }

            boolean holdsLock() {
                return locks.stream().anyMatch(Lock::isHeld);
            }

            void resign() {
                if (!cell.process.isPaused()) {
                    candidacies.get(random.nextInt(GROUPS.size())).resign();
                }
            }

            void tryLock() {
                if (cell.process.isPaused()) {
                    return;
                }
                try {
                    LockAttempt attempt = cell.cluster.tryLock("k", Duration.ofMillis(500 + random.nextInt(20_000)));
                    attempt.held().ifPresent(lock -> {
                        assertThat(fences.add(lock.fencingToken())).isTrue();
                        assertThat(fences.stream().allMatch(fence -> fence <= lock.fencingToken()))
                                .isTrue();
                        locks.add(lock);
                    });
                    if (random.nextInt(3) == 0) {
                        locks.forEach(Lock::release);
                        locks = new ArrayList<>();
                    }
                } catch (ClusterException e) {
                    assertThat(e).hasMessageNotContaining("null");
                }
            }

            void checkLogs() {
                for (LeadershipLog log : logs) {
                    String leading = "";
                    long last = 0;
                    for (String event : log.events) {
                        String term = event.substring(event.indexOf(' ') + 1);
                        long number = Long.parseLong(term);
                        if (event.startsWith("gained")) {
                            assertThat(leading).as(log.events.toString()).isEmpty();
                            assertThat(number).isGreaterThan(last);
                            leading = term;
                            last = number;
                        } else {
                            assertThat(leading).as(log.events.toString()).isEqualTo(term);
                            leading = event.startsWith("lost") ? "" : leading;
                        }
                    }
                }
            }

            @Override
            public Fault before(Operation operation) {
                if (!troubled) {
                    return Fault.NONE;
                }
                return switch (random.nextInt(60)) {
                    case 0 -> Fault.REPLY_LOST;
                    case 1 -> Fault.REQUEST_LOST;
                    case 2 -> Fault.UNREACHABLE;
                    case 3 -> {
                        cell.process.stall(Duration.ofMillis(random.nextInt(1_500)));
                        yield random.nextBoolean() ? Fault.NONE : Fault.REPLY_LOST;
                    }
                    default -> Fault.NONE;
                };
            }

            @Override
            public Delivery delivery() {
                if (!troubled || random.nextInt(4) != 0) {
                    return Delivery.PROMPT;
                }
                Delivery.Form[] forms = Delivery.Form.values();
                return new Delivery(Duration.ofMillis(random.nextInt(2_000)), forms[random.nextInt(forms.length)]);
            }
        }
    }
}
