package io.muster.cluster.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.MessageListener;
import io.muster.cluster.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a subscription to broadcasts received. Thread-safe. */
public final class MessageRecorder implements MessageListener {
    @GuardedBy("this")
    private final List<String> texts = new ArrayList<>();

    @GuardedBy("this")
    private final List<NodeId> senders = new ArrayList<>();

    @GuardedBy("this")
    private int gaps;

    @Override
    public synchronized void onMessage(NodeId sender, byte[] message) {
        senders.add(sender);
        texts.add(new String(message, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void onGap() {
        gaps++;
    }

    /** All messages in the order received. */
    public synchronized List<String> texts() {
        return List.copyOf(texts);
    }

    /** Who sent them. */
    public synchronized List<NodeId> senders() {
        return List.copyOf(senders);
    }

    public synchronized int gaps() {
        return gaps;
    }
}
