package io.muster.cluster.testkit.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides whether histories are linearizable with respect to a model. An operation of unknown outcome explains an answer if
 * that helps, and is left out if it does not. Thread-safe.
 *
 * <p>Time and memory grow with the number of operations that overlap, exponentially in the worst case; use many keys, each
 * for a short time.
 */
public final class LinearizabilityChecker<S, C> {
    /** What one key may cost: some seconds. */
    private static final long MOST_STEPS = 20_000_000;

    private final Model<S, C> model;
    private final long mostSteps;

    public LinearizabilityChecker(Model<S, C> model) {
        this(model, MOST_STEPS);
    }

    /** Gives up a key after so many steps. */
    public LinearizabilityChecker(Model<S, C> model, long mostSteps) {
        this.model = model;
        this.mostSteps = mostSteps;
    }

    /** Looks at each key by itself; the verdict on the first that is not linearizable, else on one that was given up. */
    public Verdict check(List<Operation<C>> history) {
        Map<String, List<Operation<C>>> keys =
                history.stream().collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
        List<Verdict> undecided = new ArrayList<>();
        for (Map.Entry<String, List<Operation<C>>> key : keys.entrySet()) {
            Verdict verdict = new Search<>(model, key.getKey(), key.getValue(), mostSteps).run();
            if (verdict instanceof Verdict.NotLinearizable) {
                return verdict;
            }
            if (verdict instanceof Verdict.Undecided) {
                undecided.add(verdict);
            }
        }
        return undecided.isEmpty() ? new Verdict.Linearizable() : undecided.get(0);
    }
}
