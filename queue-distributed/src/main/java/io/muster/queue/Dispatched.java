package io.muster.queue;

import io.muster.queue.store.PushOutcome;

/** What became of a dispatch. J3 */
public sealed interface Dispatched {
    String jobId();

    /** The store has it, or refused it for another job's id or key. */
    record Stored(PushOutcome outcome) implements Dispatched {
        @Override
        public String jobId() {
            return outcome.jobId();
        }
    }

    /** It is not for a queue and has run in the caller. */
    record RanHere(String jobId) implements Dispatched {}

    /** A pipe held it back for good. J11 */
    record Withheld(String jobId) implements Dispatched {}

    /** The job saw to its own queueing. J11 */
    record TakenOver(String jobId) implements Dispatched {}
}
