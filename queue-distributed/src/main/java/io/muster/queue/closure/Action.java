package io.muster.queue.closure;

import java.io.Serializable;

/**
 * What a closure does: a lambda, or a reference to a method, of one of these forms. They are serializable so that a reference tells which method it
 * means; none is ever serialized. J7
 */
public interface Action extends Serializable {
    /** Takes nothing. */
    @FunctionalInterface
    interface None extends Action {
        void run() throws Exception;
    }

    /** Takes one argument. */
    @FunctionalInterface
    interface One<A> extends Action {
        void run(A first) throws Exception;
    }

    /** Takes two arguments. */
    @FunctionalInterface
    interface Two<A, B> extends Action {
        void run(A first, B second) throws Exception;
    }

    /** Takes three arguments. */
    @FunctionalInterface
    interface Three<A, B, C> extends Action {
        void run(A first, B second, C third) throws Exception;
    }
}
