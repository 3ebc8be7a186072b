package io.muster.benchmarks.run;

import java.util.Map;

/**
 * A system on one store.
 *
 * @param producer starts the process that pushes; null where the worker does that too
 * @param workers starts a worker process
 * @param mostJobs what its store takes at once
 * @param traits what may be asked of it
 */
record Contender(String system, Launch producer, WorkerLaunch workers, int mostJobs, Traits traits) {
    /** Starts a process. */
    interface Launch {
        Child start(String name);
    }

    /** Starts a worker process with settings of its own beside the usual ones. */
    interface WorkerLaunch {
        Child start(String name, Map<String, String> settings);
    }

    /** What a system can be asked for. */
    enum Traits {
        /** Muster in processes of its own: everything. */
        OURS,
        /** Muster in one process. */
        OURS_ALONE,
        /** Somebody else's. */
        PEER,
        /** Somebody else's that loses what a killed worker ran. */
        FORGETFUL_PEER
    }

    boolean isOurs() {
        return traits == Traits.OURS || traits == Traits.OURS_ALONE;
    }

    boolean hasOneProcess() {
        return traits == Traits.OURS_ALONE;
    }
}
