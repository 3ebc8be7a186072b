package io.muster.races;

import java.util.ArrayList;
import java.util.List;

/** Runs bodies in threads of their own, all of whose interleavings are looked at. */
public final class Together {
    /** Written only: Lincheck looks at no access to an object of which it does not know that others see it too. */
    @SuppressWarnings("UnusedVariable")
    private static volatile Object[] seenByAll = {};

    private Together() {}

    /**
     * To be called with what the bodies share before they run. That a lambda holds it is not enough: Lincheck cannot read the fields of a
     * lambda's class, and takes what only lambdas hold for an object of the thread that made it.
     */
    public static void share(Object... objects) {
        seenByAll = objects;
    }

    /** Returns when all have ended; throws what one of them has thrown. */
    public static void run(Runnable... bodies) {
        List<RuntimeException> thrown = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (Runnable body : bodies) {
            Thread thread = new Thread(() -> {
                try {
                    body.run();
                } catch (RuntimeException e) {
                    synchronized (thrown) {
                        thrown.add(e);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        if (!thrown.isEmpty()) {
            throw thrown.get(0);
        }
    }

    /** Throws, and so ends the run, if it does not hold. */
    public static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("Broken: " + what);
        }
    }
}
