package io.muster.cluster.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.spi.ChannelListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a subscription received. Thread-safe. */
public final class ChannelRecorder implements ChannelListener {
    @GuardedBy("this")
    private final List<byte[]> messages = new ArrayList<>();

    @GuardedBy("this")
    private int gaps;

    @Override
    public synchronized void onMessage(byte[] message) {
        messages.add(message);
    }

    @Override
    public synchronized void onGap() {
        gaps++;
    }

    /** All messages in the order received. */
    public synchronized List<byte[]> messages() {
        return List.copyOf(messages);
    }

    /** All messages as text. */
    public synchronized List<String> texts() {
        return messages.stream()
                .map(message -> new String(message, StandardCharsets.UTF_8))
                .toList();
    }

    public synchronized int gaps() {
        return gaps;
    }
}
