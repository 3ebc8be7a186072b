package io.muster.cli.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the demo is asked to do.
 *
 * @param cluster {@code embedded}, the name of a server to start, {@code local}, or the URI of a coordinator
 * @param store name or URI of the store, if it is not the cluster's own
 * @param nodes how many
 * @param concurrency jobs at once on each node
 * @param jobs how many; empty: one per file, in passes until there are {@link #LEAST_JOBS}
 * @param input directory with files
 * @param kill whether the leader is killed
 */
record DemoPlan(
        String cluster,
        Optional<String> store,
        int nodes,
        int concurrency,
        Optional<Integer> jobs,
        Path input,
        Kill kill) {
    static final int LEAST_JOBS = 2000;

    /** The same with its jobs at this URI. */
    DemoPlan withStore(String uri) {
        return new DemoPlan(cluster, Optional.of(uri), nodes, concurrency, jobs, input, kill);
    }

    /** What happens to the leader. */
    enum Kill {
        LEADER,
        NOBODY
    }
}
