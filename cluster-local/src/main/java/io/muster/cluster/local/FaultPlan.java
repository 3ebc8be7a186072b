package io.muster.cluster.local;

import java.time.Duration;

/**
 * Decides what goes wrong, asked before and after each operation of one backend: the hook of simulations. A seeded plan on
 * a {@link ManualTimeline} gives the same faults in every run. It may also let time pass here
 * ({@link ManualNode#stall}), cut the node off or kill it. Called on the thread of the operation.
 */
@FunctionalInterface
public interface FaultPlan {
    /** Nothing goes wrong. */
    FaultPlan NONE = operation -> Fault.NONE;

    /** What becomes of an operation that is about to be sent. */
    Fault before(Operation operation);

    /** The operation was applied or refused, and its caller is about to be told. */
    default void after(Operation operation) {}

    /** How a watch's next delivery arrives. */
    default Delivery delivery() {
        return Delivery.PROMPT;
    }

    /** What is sent to a coordinator. */
    enum Operation {
        IDENTITY,
        OPEN_SESSION,
        RENEW,
        END_SESSION,
        COMMIT,
        READ,
        LIST,
        PUBLISH;

        /** Whether losing its answer leaves the caller in doubt. */
        boolean writes() {
            return this != IDENTITY && this != READ && this != LIST;
        }
    }

    /** What goes wrong with one operation. */
    enum Fault {
        NONE,
        /** Known not to have been applied. */
        UNREACHABLE,
        /** Not applied, and the caller cannot know. */
        REQUEST_LOST,
        /** Applied, and the caller cannot know. */
        REPLY_LOST
    }

    /**
     * How a watch's delivery arrives.
     *
     * @param late how long after it was read; what it says may be stale by then
     * @param form what arrives
     */
    record Delivery(Duration late, Form form) {
        public static final Delivery PROMPT = new Delivery(Duration.ZERO, Form.ONCE);

        /** What arrives. */
        public enum Form {
            ONCE,
            TWICE,
            /** A gap: a new snapshot in place of the changes. */
            SNAPSHOT
        }
    }
}
