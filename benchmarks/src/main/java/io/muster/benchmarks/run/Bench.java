package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Drain;
import io.muster.benchmarks.report.Figures;
import io.muster.benchmarks.report.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One run: all stages one after the other, in each the rounds of all contenders, ceilings in every round. */
public final class Bench {
    /** What a quick run does not measure unless it is named, each by one of its measures. */
    private static final Map<Measure, String> SHORTENED = new TreeMap<>(Map.of(
            Measure.HALF_P99, "latency at half the drain rate (--only latency-half)",
            Measure.DRAIN_THREE, "three nodes of peers and on coordinators (--only drain-3-nodes)",
            Measure.RECLAIM, "reclaim of peers (--only reclaim)",
            Measure.DRAIN_BACKLOG, "drains under a burden and with distribution off (--only extras)"));

    /** Who needs half a minute to become warm, so that a quick run would have to leave out whole stores. */
    private static final Set<String> SLOW = Set.of("jobrunr");

    private final Selection selection;
    private final Pace pace;
    private final Progress progress;
    private final Figures figures = new Figures();
    private final List<String> notes = new ArrayList<>();

    public Bench(Selection selection, Pace pace, Progress progress) {
        this.selection = selection;
        this.pace = pace;
        this.progress = progress;
    }

    public Figures figures() {
        return figures;
    }

    /** What was left out or went wrong, one sentence each. */
    public List<String> notes() {
        return notes;
    }

    public void run(Stages stages) {
        SHORTENED.forEach((measure, what) -> {
            if (selection.measure(measure) && isShortened(measure)) {
                note("Left out of a quick run: " + what);
            }
        });
        for (String store : Selection.STORES) {
            if (selection.store(store) && inTime(store)) {
                Optional<Stage> opened = stages.open(store, selection, this::note);
                if (opened.isPresent()) {
                    try (Stage stage = opened.get()) {
                        run(stage);
                    }
                }
            }
        }
    }

    private void run(Stage stage) {
        Trials trials = new Trials(stage, figures, pace, progress);
        List<Cast> casts = new ArrayList<>();
        Optional<Child> ceiling = Optional.empty();
        try {
            ceiling = ceiling(stage);
            for (Contender contender : stage.contenders()) {
                if (takesPart(stage, contender)) {
                    attempt(stage, contender.system() + " could not begin", () -> {
                        Cast cast = Cast.open(contender);
                        casts.add(cast);
                        trials.warmUp(cast);
                    });
                }
            }
            for (int round = 1; round <= pace.rounds(); round++) {
                ceilings(stage, trials, ceiling, round);
                yardsticks(stage, trials, round);
                if (selection.plain()) {
                    throughput(stage, trials, casts, round);
                    latency(stage, trials, casts, round);
                }
            }
            threeNodes(stage, trials, casts);
            reclaim(stage, trials, casts);
            extras(stage, trials, casts, ceiling);
        } finally {
            casts.forEach(Cast::close);
            ceiling.ifPresent(Child::close);
        }
    }

    private Optional<Child> ceiling(Stage stage) {
        List<Child> started = new ArrayList<>();
        stage.ceiling()
                .ifPresent(start -> attempt(stage, "the ceilings could not begin", () -> started.add(start.get())));
        return started.stream().findFirst();
    }

    private boolean takesPart(Stage stage, Contender contender) {
        boolean slow = pace.isQuick() && SLOW.contains(contender.system()) && !selection.names(contender.system());
        if (slow && selection.plain()) {
            note(stage.store() + ": left out of a quick run: " + contender.system() + " (--only " + contender.system()
                    + ")");
        }
        return contender.isOurs() || (selection.plain() && !slow);
    }

    private void ceilings(Stage stage, Trials trials, Optional<Child> ceiling, int round) {
        if (ceiling.isEmpty()) {
            return;
        }
        boolean drains = Extras.of(stage.store()).stream().anyMatch(burden -> Extras.isWanted(selection, burden));
        for (Measure measure : stage.ceilingVerbs().keySet()) {
            if (selection.measure(measure) || (drains && measure == Measure.DRAIN)) {
                attempt(stage, "the ceiling of " + measure.label(), () -> {
                    if (round == 1) {
                        trials.warmCeiling(ceiling.get(), measure);
                    }
                    trials.ceiling(ceiling.get(), measure, round);
                });
            }
        }
    }

    private void yardsticks(Stage stage, Trials trials, int round) {
        for (Yardstick yardstick : stage.yardsticks()) {
            if (selection.measure(yardstick.measure())) {
                attempt(stage, yardstick.system(), () -> trials.yardstick(yardstick, round));
            }
        }
    }

    private void throughput(Stage stage, Trials trials, List<Cast> casts, int round) {
        for (Cast cast : List.copyOf(casts)) {
            if (!inTime("throughput of " + cast.contender().system() + " on " + stage.store())) {
                return;
            }
            attempt(stage, casts, cast, () -> {
                if (selection.measure(Measure.PUSH_ONE)) {
                    trials.pushOne(cast, round);
                }
                if (selection.measure(Measure.PUSH_CALLERS)) {
                    trials.pushCallers(cast, round);
                }
                if (selection.measure(Measure.PUSH_ASYNC) && cast.contender().isOurs()) {
                    trials.pushAsync(cast, round);
                }
                if (selection.measure(Measure.PUSH_BULK)) {
                    trials.pushBulk(cast, round);
                }
                trials.drain(cast, Drain.ONE_NODE, round);
            });
        }
    }

    private void latency(Stage stage, Trials trials, List<Cast> casts, int round) {
        for (Cast cast : List.copyOf(casts)) {
            if (!inTime("latency of " + cast.contender().system() + " on " + stage.store())) {
                return;
            }
            attempt(stage, casts, cast, () -> {
                if (selection.anyOf(Measure.LATENCY_P50, Measure.LATENCY_P99, Measure.LATENCY_MAX)) {
                    trials.latency(cast, round);
                }
                if (selection.anyOf(Measure.HALF_P50, Measure.HALF_P99, Measure.HALF_MAX)
                        && !isShortened(Measure.HALF_P99)) {
                    trials.latencyAtHalf(cast, round);
                }
            });
        }
    }

    private void threeNodes(Stage stage, Trials trials, List<Cast> casts) {
        boolean shortened = isShortened(Measure.DRAIN_THREE);
        if (!selection.measure(Measure.DRAIN_THREE) || (shortened && stage.isCoordinator())) {
            return;
        }
        for (Cast cast : List.copyOf(casts)) {
            Contender contender = cast.contender();
            if (!contender.hasOneProcess()
                    && (contender.isOurs() || !shortened)
                    && inTime("three nodes of " + contender.system() + " on " + stage.store())) {
                attempt(stage, casts, cast, () -> {
                    cast.hire("two", Map.of());
                    cast.hire("three", Map.of());
                    trials.warmUp(cast);
                    for (int round = 1; round <= pace.rounds(); round++) {
                        trials.drain(cast, Drain.THREE_NODES, round);
                    }
                    cast.dismissBut(1);
                });
            }
        }
    }

    private void reclaim(Stage stage, Trials trials, List<Cast> casts) {
        if (!selection.measure(Measure.RECLAIM)) {
            return;
        }
        for (Cast cast : List.copyOf(casts)) {
            Contender contender = cast.contender();
            if (contender.traits() == Contender.Traits.FORGETFUL_PEER) {
                note(stage.store() + ": " + contender.system()
                        + " has no reclaim: the jobs of a killed worker are lost");
            }
            int rounds = rounds(contender);
            if (rounds > 0 && inTime("reclaim of " + contender.system() + " on " + stage.store())) {
                attempt(stage, casts, cast, () -> {
                    for (int round = 1; round <= rounds; round++) {
                        trials.reclaim(cast, round);
                    }
                });
            }
        }
    }

    /** Peers need a minute or more each time. */
    private int rounds(Contender contender) {
        return switch (contender.traits()) {
            case OURS -> pace.rounds();
            case PEER -> isShortened(Measure.RECLAIM) ? 0 : 1;
            case OURS_ALONE, FORGETFUL_PEER -> 0;
        };
    }

    /** In a quick run only if they were asked for: a million jobs take their time. */
    private void extras(Stage stage, Trials trials, List<Cast> casts, Optional<Child> ceiling) {
        for (Drain burden : Extras.of(stage.store())) {
            if (!Extras.isWanted(selection, burden) || isShortened(burden.rate())) {
                continue;
            }
            for (Cast cast : List.copyOf(casts)) {
                if (cast.contender().traits() == Contender.Traits.OURS
                        && inTime(burden.rate().label() + " on " + stage.store())) {
                    attempt(stage, casts, cast, () -> new Extras(trials, pace, cast, ceiling).run(burden));
                }
            }
        }
    }

    /** What goes wrong with one system is noted and does not end the others. */
    private void attempt(Stage stage, List<Cast> casts, Cast cast, Runnable body) {
        if (!attempt(stage, cast.contender().system(), body)) {
            casts.remove(cast);
            cast.close();
        }
    }

    private boolean attempt(Stage stage, String what, Runnable body) {
        try {
            body.run();
            return true;
        } catch (BenchException e) {
            note(stage.store() + ": " + what + ": " + e.getMessage());
            return false;
        }
    }

    /** A quick run leaves out what takes long unless it is asked for by name. */
    private boolean isShortened(Measure measure) {
        return pace.isQuick() && !selection.names(measure);
    }

    private boolean inTime(String what) {
        boolean inTime = pace.total().isZero() || progress.elapsed().compareTo(pace.total()) < 0;
        if (!inTime) {
            note("Left out for lack of time: " + what);
        }
        return inTime;
    }

    private void note(String sentence) {
        notes.add(sentence);
        progress.say(sentence);
    }
}
