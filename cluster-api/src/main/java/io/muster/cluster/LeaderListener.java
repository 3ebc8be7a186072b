package io.muster.cluster;

import java.util.Optional;

/** Receives who leads. C4 */
@FunctionalInterface
public interface LeaderListener {
    void onLeader(Optional<Leader> leader);
}
