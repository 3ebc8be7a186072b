package io.muster.queue;

import io.muster.queue.store.PushOutcome;
import java.util.Optional;

/** What became of a dispatch. J3 */
public sealed interface Dispatched {
    String jobId();

    /** Id of the live job that holds its unique key; present if it was refused for that. J5 */
    default Optional<String> holder() {
        return Optional.empty();
    }

    /** The id under which this work goes on: its own, or that of the job which it was a duplicate of. */
    default String liveJobId() {
        return holder().orElseGet(this::jobId);
    }

    /** The store has it, or refused it for another job's id or key. */
    record Stored(PushOutcome outcome) implements Dispatched {
        @Override
        public String jobId() {
            return outcome.jobId();
        }

        @Override
        public Optional<String> holder() {
            return outcome instanceof PushOutcome.DuplicateOf duplicate
                    ? Optional.of(duplicate.holderJobId())
                    : Optional.empty();
        }
    }

    /** It is not for a queue and has run in the caller. */
    record RanHere(String jobId) implements Dispatched {}

    /** A pipe held it back for good. J11 */
    record Withheld(String jobId) implements Dispatched {}

    /** It is pushed when the open transactions have committed, and dropped if one is rolled back. J4 */
    record AwaitsCommit(String jobId) implements Dispatched {}

    /** The job saw to its own queueing. J11 */
    record TakenOver(String jobId) implements Dispatched {}
}
