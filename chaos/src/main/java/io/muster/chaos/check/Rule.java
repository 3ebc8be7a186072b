package io.muster.chaos.check;

import java.util.List;

/** A sentence that must hold of each history. Pure. */
interface Rule {
    /** The sentence. */
    String sentence();

    /** Where it does not hold. */
    List<Violation> violations(Accounts accounts);

    default Violation violation(String text, long nanos) {
        return new Violation(sentence(), text, nanos);
    }
}
