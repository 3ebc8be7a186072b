package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Drain;
import io.muster.benchmarks.report.Measure;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a burden does to the drain: each is compared with bare drains just before it, by processes that are as warm. They come last on
 * a store and in an order in which what stays behind burdens nothing that follows.
 */
final class Extras {
    /** All of them; what can be asked of a store is said by {@link #of}. */
    private static final List<Drain> ORDER = List.of(
            Drain.UNDISTRIBUTED,
            Drain.LIMITED,
            Drain.GUARDED,
            Drain.BATCHED,
            Drain.IDLE_QUEUES,
            Drain.SERVED_QUEUES,
            Drain.FOREIGN,
            Drain.BACKLOG,
            Drain.FINISHED);

    private static final int IDLE_QUEUES = 1_000;
    /** The jobs that others are compared with, which have the same payloads. */
    private static final String UNGUARDED = "guard-none";

    /** Longer than any run: what has finished stays. */
    private static final Map<String, String> KEEPING = Map.of("retain", "PT6H");

    private final Trials trials;
    private final Pace pace;
    private final Cast cast;
    private final Optional<Child> ceiling;

    Extras(Trials trials, Pace pace, Cast cast, Optional<Child> ceiling) {
        this.trials = trials;
        this.pace = pace;
        this.cast = cast;
        this.ceiling = ceiling;
    }

    /** Which extras there are on a store; none where jobs are kept in the coordinator, which is no place for a million of them. */
    static List<Drain> of(String store) {
        return switch (store) {
            case "redis" ->
                ORDER.stream().filter(drain -> drain != Drain.FOREIGN).toList();
            case "postgresql" -> ORDER;
            default -> List.of();
        };
    }

    void run(Drain burden) {
        trials.ready(cast, KEEPING);
        if (burden != Drain.LIMITED && burden != Drain.GUARDED) {
            rounds(burden, true);
        }
        switch (burden) {
            case UNDISTRIBUTED -> {
                trials.ready(cast, Map.of("retain", "PT6H", "distribution", "off"));
                rounds(burden, false);
                for (int round = 1; round <= pace.rounds(); round++) {
                    trials.latencyUndistributed(cast, round);
                }
            }
            case LIMITED -> guarded(burden, "guard-limiter");
            case GUARDED -> guarded(burden, "guard-all");
            case BATCHED -> {
                for (int round = 1; round <= pace.rounds(); round++) {
                    cast.producer().ask("prepare batched " + trials.filledForADrain(cast), Trials.LONG);
                    trials.burdenedDrain(cast, burden, 0, round);
                }
            }
            case IDLE_QUEUES -> {
                cast.producer().ask("prepare idle-queues " + IDLE_QUEUES);
                rounds(burden, false);
                cast.producer().ask("prepare no-idle-queues " + IDLE_QUEUES);
            }
            case SERVED_QUEUES -> {
                trials.ready(cast, Map.of("retain", "PT6H", "serves", Integer.toString(IDLE_QUEUES)));
                cast.producer().ask("prepare idle-queues " + IDLE_QUEUES);
                trials.finish(cast, IDLE_QUEUES);
                rounds(burden, false);
            }
            case FOREIGN -> {
                Child other = ceiling.orElseThrow(() -> new BenchException("nobody holds a transaction open"));
                other.ask("foreign 1");
                trials.finish(cast, pace.burden() / 5);
                rounds(burden, false);
                other.ask("foreign 0");
            }
            case BACKLOG -> {
                for (int round = 1; round <= pace.rounds(); round++) {
                    trials.burdenedDrain(cast, burden, pace.burden(), round);
                }
                cast.producer().ask("prepare cleared 0", Trials.LONG);
            }
            case FINISHED -> {
                trials.finish(cast, pace.burden());
                rounds(burden, false);
            }
            default -> throw new IllegalArgumentException(burden + " is no burden");
        }
        cast.dismissBut(0);
    }

    /**
     * The same jobs without and with middleware, after as many of both that are not measured. Twice in each round, in turns, and each of them comes first
     * as often as the other: what changes on the machine meanwhile favours neither.
     */
    private void guarded(Drain burden, String guard) {
        for (String kind : List.of(UNGUARDED, guard)) {
            cast.producer().ask("prepare " + kind + " 0");
            trials.finish(cast, pace.burden() / 2);
        }
        for (int turn = 1; turn <= 2 * pace.rounds(); turn++) {
            boolean bareFirst = turn % 2 == 1;
            guardedDrain(burden, guard, bareFirst, turn);
            guardedDrain(burden, guard, !bareFirst, turn);
        }
        cast.producer().ask("prepare unguarded 0");
    }

    private void guardedDrain(Drain burden, String guard, boolean bare, int turn) {
        cast.producer().ask("prepare " + (bare ? UNGUARDED : guard) + " 0");
        if (bare) {
            trials.bareDrain(cast, burden, turn);
        } else {
            trials.burdenedDrain(cast, burden, 0, turn);
        }
        cast.producer().ask("prepare cleared 0", Trials.LONG);
    }

    private void rounds(Drain burden, boolean bare) {
        for (int round = 1; round <= pace.rounds(); round++) {
            if (bare) {
                trials.bareDrain(cast, burden, round);
            } else {
                trials.burdenedDrain(cast, burden, 0, round);
            }
        }
    }

    static boolean isWanted(Selection selection, Drain burden) {
        return selection.measure(burden.rate())
                || (burden == Drain.UNDISTRIBUTED && selection.measure(Measure.LATENCY_UNDISTRIBUTED_P99));
    }
}
