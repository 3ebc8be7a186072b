package io.muster.chaos.check;

import java.util.List;

/** A sentence that must hold of each history. Pure. */
interface Rule {
    /** The sentence. */
    String sentence();

    /** Where it does not hold. */
    List<Violation> violations(Accounts accounts);

    /** What it is called if servers explain it that may lose writes by their own promise; empty if nothing can. */
    default String loss() {
        return "";
    }

    default Violation violation(String text, long nanos) {
        return violation(text, nanos, false);
    }

    /** @param isDeclared whether it is explained by the loss of writes that may be lost */
    default Violation violation(String text, long nanos, boolean isDeclared) {
        return new Violation(sentence(), text, nanos, isDeclared);
    }
}
