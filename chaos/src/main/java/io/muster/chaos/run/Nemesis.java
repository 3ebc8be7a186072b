package io.muster.chaos.run;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Lets faults happen, one after another and sometimes two at once, drawn from a seed. One thread uses it. */
final class Nemesis {
    private static final int TWO_AT_ONCE_PERCENT = 25;
    private static final long TICK_MILLIS = 50;
    private static final long SECOND = 1_000_000_000;
    private static final int PERCENT = 100;
    private static final long LONG_GAP_SECONDS = 60;

    private static final int DRAWS = 8;
    /** In a soak these live as long as the run, so that one sees what they use in the long run. */
    private static final Set<String> SPARED = Set.of("node-1", "client-1");

    private final Cast cast;
    private final Faults faults;
    private final Scribe scribe;
    private final ChaosPlan plan;
    private final List<FaultKind> kinds;
    private final Random random;
    private final Consumer<String> progress;
    private final List<Active> active = new ArrayList<>();
    private int number;

    private record Active(int id, Fault fault, long untilNanos) {}

    Nemesis(Cast cast, Faults faults, Scribe scribe, ChaosPlan plan, Consumer<String> progress) {
        this.cast = cast;
        this.faults = faults;
        this.scribe = scribe;
        this.plan = plan;
        this.kinds = FaultKind.named(plan.faults());
        this.random = new Random(plan.seed());
        this.progress = progress;
    }

    /** Goes on for so long; at the end every fault is over. */
    void rage(Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        long next = System.nanoTime() + gap(length);
        while (System.nanoTime() < end) {
            endDue(System.nanoTime());
            if (System.nanoTime() >= next) {
                begin();
                if (random.nextInt(PERCENT) < TWO_AT_ONCE_PERCENT) {
                    begin();
                }
                next = latestEnd() + gap(length);
            }
            Thread.sleep(TICK_MILLIS);
        }
        endDue(Long.MAX_VALUE);
    }

    private long latestEnd() {
        return active.stream().mapToLong(Active::untilNanos).max().orElse(System.nanoTime());
    }

    /** Often too short to recover, sometimes long enough to be judged alone; in a soak long. */
    private long gap(Duration length) {
        if (plan.regime() == Regime.SOAK) {
            return (long) (Math.min(length.toSeconds(), LONG_GAP_SECONDS) * (0.4 + 0.5 * random.nextDouble()) * SECOND);
        }
        double seconds = random.nextInt(3) == 0 ? 6 + 2 * random.nextDouble() : 0.3 + 2.5 * random.nextDouble();
        return (long) (seconds * SECOND);
    }

    private void begin() {
        for (int tries = 0; tries < DRAWS; tries++) {
            Optional<Fault> drawn = faults.draw(kind(), random).filter(this::mayHappen);
            if (drawn.isPresent()) {
                begin(drawn.get());
                return;
            }
        }
    }

    private boolean mayHappen(Fault fault) {
        boolean busy = active.stream().anyMatch(one -> one.fault().target().equals(fault.target()));
        boolean spared =
                plan.regime() == Regime.SOAK && SPARED.contains(fault.target()) && FaultKind.endsProcess(fault.kind());
        return !busy && !spared;
    }

    private void begin(Fault fault) {
        int id = ++number;
        Map<String, String> said = new LinkedHashMap<>();
        said.put("id", Integer.toString(id));
        said.put("fault", fault.kind());
        said.put("target", fault.target());
        fault.node().ifPresent(node -> said.put("incarnation", cast.observer().incarnationOf(node)));
        progress.accept(
                fault.kind() + ": " + fault.target() + ", " + fault.lasts().toMillis() + " ms");
        scribe.write(Kind.FAULT, said);
        fault.begin().run();
        active.add(new Active(id, fault, System.nanoTime() + fault.lasts().toNanos()));
    }

    private FaultKind kind() {
        int sum = kinds.stream().mapToInt(FaultKind::weight).sum();
        int drawn = random.nextInt(sum);
        for (FaultKind kind : kinds) {
            drawn -= kind.weight();
            if (drawn < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("The weights do not add up");
    }

    private void endDue(long nowNanos) {
        for (Active one : List.copyOf(active)) {
            if (one.untilNanos() <= nowNanos) {
                one.fault().end().run();
                scribe.write(Kind.HEALED, Map.of("id", Integer.toString(one.id())));
                active.remove(one);
            }
        }
    }
}
