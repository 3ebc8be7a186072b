package io.muster.chaos.node;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.cluster.Subscription;
import io.muster.queue.Queue;
import java.util.Map;

/** Writes down who leads, as a process sees it. */
public final class Leaders {
    private Leaders() {}

    public static Subscription tell(Queue queue, Scribe scribe) {
        return queue.cluster()
                .onLeader(
                        Queue.GROUP,
                        seen -> seen.ifPresent(leader -> scribe.write(
                                Kind.LEADER,
                                Map.of(
                                        "term", Long.toString(leader.term()),
                                        "node", leader.node().name(),
                                        "incarnation", leader.node().incarnation()))));
    }
}
