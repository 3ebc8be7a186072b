package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weighted order: every queue gets its part, however jobs come and slots get free. */
@Tag("Q6")
class TurnsTest {
    private static final QueueOrder FIVE_TO_ONE = QueueOrder.parse("high=5,default=1");

    @Test
    void freeSlotsAreFilledByTheWeightsInOneRound() {
        Model model = new Model(FIVE_TO_ONE, 6);
        model.push("high", 100);
        model.push("default", 100);

        model.round(6);

        assertThat(model.held).containsExactlyInAnyOrder("high", "high", "high", "high", "high", "default");
    }

    @Test
    void oneSlotGoesRoundTheQueuesInSmoothTurns() {
        Model model = new Model(QueueOrder.parse("a=3,b=1"), 1);
        model.push("a", 100);
        model.push("b", 100);

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            model.round(1);
            order.addAll(model.finish(1));
        }

        assertThat(Collections.frequency(order.subList(0, 4), "b")).isEqualTo(1);
        assertThat(order).isEqualTo(List.of("a", "a", "b", "a", "a", "a", "b", "a"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whileAllHaveJobsTheirPartsAreExactInTheLongRun(int seed) {
        Random random = new Random(seed);
        Model model = new Model(QueueOrder.parse("high=5,default=2,low=1"), 1 + random.nextInt(300));
        List.of("high", "default", "low").forEach(queue -> model.push(queue, 1_000_000));

        Map<String, Integer> done = new TreeMap<>();
        for (int i = 0; i < 3000; i++) {
            model.round(1 + random.nextInt(model.slots * 3));
            model.finish(random.nextInt(model.held.size() + 1)).forEach(queue -> done.merge(queue, 1, Integer::sum));
        }

        int all = done.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(done.getOrDefault("high", 0) / (double) all).isBetween(0.60, 0.65);
        assertThat(done.getOrDefault("default", 0) / (double) all).isBetween(0.23, 0.27);
        assertThat(done.getOrDefault("low", 0) / (double) all).isBetween(0.11, 0.14);
    }

    @Test
    void slotsDoNotStayFreeForAQueueThatHasNothing() {
        Model model = new Model(FIVE_TO_ONE, 6);
        model.push("default", 100);

        model.round(6);

        assertThat(model.held).hasSize(6).containsOnly("default");
    }

    @Test
    void aQueueThatHadNothingForLongHasNoClaimToMoreThanItsPart() {
        Model model = new Model(QueueOrder.parse("high=1,default=1"), 1);
        model.push("default", 1000);
        for (int i = 0; i < 500; i++) {
            model.round(1);
            model.finish(1);
        }
        model.push("high", 100);

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            model.round(1);
            order.addAll(model.finish(1));
        }

        assertThat(Collections.frequency(order, "default")).isBetween(9, 11);
    }

    @Test
    void jobsThatThePoolCannotRunDoNotBlockTheOthersTurns() {
        Model model = new Model(FIVE_TO_ONE, 1);
        model.push("default", 100);
        model.unservable("high");

        for (int i = 0; i < 10; i++) {
            model.round(1);
            assertThat(model.finish(1)).containsExactly("default");
        }
    }

    @Test
    void turnsAreHandedOutAmongThoseThatMayHaveSomething() {
        Turns turns = Turns.of(FIVE_TO_ONE);

        assertThat(turns.next(3, 1, queue -> false)).isEmpty();
        assertThat(turns.next(3, 1, queue -> queue.equals("default"))).containsOnly("default");
        assertThat(turns.took("high", 5, Set.of("high", "default")).next(1, 1, queue -> true))
                .containsExactly("default");
    }

    @Test
    void whoKeepsNoTurnsDrawsTheOrderByTheWeights() {
        Random random = new Random(1);
        Map<String, Integer> first = new TreeMap<>();
        for (int i = 0; i < 6000; i++) {
            List<String> drawn = FIVE_TO_ONE.drawn(random);
            assertThat(drawn).containsExactlyInAnyOrder("high", "default");
            first.merge(drawn.get(0), 1, Integer::sum);
        }

        assertThat(first.get("high")).isBetween(4850, 5150);
        assertThat(QueueOrder.strict("a", "b", "c").drawn(random)).containsExactly("a", "b", "c");
    }

    /** A pool, its queues, and a store that fills as told. */
    private static final class Model {
        private final QueueOrder order;
        private final int slots;
        private final Seat seat;
        private final Map<String, Integer> ready = new HashMap<>();
        private final Map<String, Integer> shown = new HashMap<>();
        private final List<String> held = new ArrayList<>();
        private Turns turns;

        Model(QueueOrder order, int slots) {
            this.order = order;
            this.slots = slots;
            this.seat = new Seat("node", "a", "main", order, Set.of(), slots, 0, Seat.State.OPEN);
            this.turns = Turns.of(order);
        }

        void push(String queue, int jobs) {
            ready.merge(queue, jobs, Integer::sum);
        }

        /** It seems to have jobs of which none fits the pool. */
        void unservable(String queue) {
            shown.put(queue, 7);
        }

        void round(int limit) {
            List<Grant> grants =
                    Planner.plan(List.of(seat), Map.of(seat.id(), limit), shown, Map.of(seat.id(), turns), 0);
            List<Integer> assigned = new ArrayList<>();
            for (Grant grant : grants) {
                int jobs = 0;
                for (String queue : grant.queues()) {
                    while (held.size() < grant.limit() && ready.getOrDefault(queue, 0) > 0) {
                        ready.merge(queue, -1, Integer::sum);
                        held.add(queue);
                        jobs++;
                    }
                }
                assigned.add(jobs);
            }
            Map<String, Integer> report = new HashMap<>();
            order.queues()
                    .forEach(queue -> report.put(
                            queue,
                            ready.getOrDefault(queue, 0)
                                    + (ready.containsKey(queue) ? 0 : shown.getOrDefault(queue, 0))));
            turns = new Assigned(grants, new AssignReport(assigned, report)).after(turns, seat.id());
        }

        /** The oldest end. */
        List<String> finish(int jobs) {
            List<String> ended = List.copyOf(held.subList(0, Math.min(jobs, held.size())));
            held.subList(0, ended.size()).clear();
            return ended;
        }
    }
}
