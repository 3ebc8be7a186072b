package io.muster.cluster;

import java.util.List;

/** Receives the membership. C1 */
@FunctionalInterface
public interface MembershipListener {
    /** All nodes, ordered by node id. Joins and leaves in between may be seen together. */
    void onMembers(List<Node> nodes);
}
