package io.muster.cluster.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.MembershipListener;
import io.muster.cluster.Node;
import java.util.ArrayList;
import java.util.List;

/** Keeps every membership it was told. Thread-safe. */
public final class MembershipRecorder implements MembershipListener {
    @GuardedBy("this")
    private final List<List<Node>> views = new ArrayList<>();

    @Override
    public synchronized void onMembers(List<Node> nodes) {
        views.add(nodes);
    }

    /** All memberships told, in order. */
    public synchronized List<List<Node>> views() {
        return List.copyOf(views);
    }

    /** Names of the nodes told last; empty if nothing was told. */
    public synchronized List<String> names() {
        return views.isEmpty() ? List.of() : names(views.get(views.size() - 1));
    }

    static List<String> names(List<Node> nodes) {
        return nodes.stream().map(node -> node.id().name()).toList();
    }
}
