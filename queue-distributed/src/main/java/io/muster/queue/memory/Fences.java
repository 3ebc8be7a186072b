package io.muster.queue.memory;

import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.StaleFenceException;
import java.util.HashMap;
import java.util.Map;

/** Who may write as leader: per group the identity that is accepted and the highest term of each. */
final class Fences {
    private final Map<String, String> accepted = new HashMap<>();
    private final Map<Line, Long> highest = new HashMap<>();

    /** Compare-and-raise. */
    void install(Fence fence) {
        String identity = accepted.getOrDefault(fence.group(), fence.identity());
        if (!identity.equals(fence.identity())) {
            throw ForeignFenceException.of(fence, identity);
        }
        Line line = new Line(fence.group(), identity);
        long installed = highest.getOrDefault(line, Long.MIN_VALUE);
        if (fence.term() < installed) {
            throw new StaleFenceException("Term " + fence.term() + " of group " + fence.group()
                    + " is refused, a leader of term " + installed + " has written; nothing was written");
        }
        accepted.put(fence.group(), identity);
        highest.put(line, fence.term());
    }

    void adopt(String group, String identity) {
        accepted.put(group, identity);
    }

    private record Line(String group, String identity) {}
}
