package io.muster.queue.job;

/** What a job refers to is gone. A class says by {@link DiscardOn} that it is then discarded quietly. J10 */
public final class MissingRefException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MissingRefException(Ref<?> ref) {
        super(ref.type().getName() + " \"" + ref.id() + "\" is not there any more");
    }
}
