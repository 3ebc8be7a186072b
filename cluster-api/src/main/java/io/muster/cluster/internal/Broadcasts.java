package io.muster.cluster.internal;

import io.muster.cluster.MessageListener;
import io.muster.cluster.NodeId;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.time.Turns;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages to every other node. Each carries its sender's place in the channel's sequence, so that a receiver notices what
 * is missing whatever the coordinator says. C5
 */
final class Broadcasts {
    static final int MOST_BYTES = 8 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);
    private static final int FORMAT = 1;
    private static final int MOST_SENDERS = 2_000;

    private final Backend backend;
    private final SessionKeeper keeper;
    private final Timeline timeline;
    private final String sender;
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();

    Broadcasts(Backend backend, SessionKeeper keeper, Timeline timeline) {
        this.backend = backend;
        this.keeper = keeper;
        this.timeline = timeline;
        this.sender = new Incarnations(timeline).next();
    }

    void broadcast(String channel, byte[] message, Deadline deadline) {
        if (message.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "A broadcast has at most " + MOST_BYTES + " bytes, this one " + message.length);
        }
        channels.computeIfAbsent(channel, Channel::new).send(message, deadline);
    }

    Subscription subscribe(String channel, MessageListener listener) {
        return backend.subscribe(channel, new Receiver(channel, listener));
    }

    /**
     * @param sender one cluster object: stays the same when its incarnation changes
     */
    record Message(String sender, NodeId node, long sequence, byte[] body) {
        byte[] encoded() {
            return Frame.write(FORMAT, out -> {
                out.writeUTF(sender);
                out.writeUTF(node.name());
                out.writeUTF(node.incarnation());
                out.writeLong(sequence);
                out.write(body);
            });
        }

        static Optional<Message> decoded(byte[] bytes) {
            return Frame.read(
                    FORMAT,
                    bytes,
                    in -> new Message(
                            in.readUTF(), new NodeId(in.readUTF(), in.readUTF()), in.readLong(), in.readAllBytes()));
        }
    }

    /** What this process sends on one channel: in order, because receivers drop what comes late. */
    private final class Channel {
        private final String name;
        private final Turns turns = new Turns(timeline);
        private volatile long sequence;

        Channel(String name) {
            this.name = name;
        }

        void send(byte[] body, Deadline deadline) {
            turns.run(deadline, () -> {
                long next = sequence + 1;
                byte[] message = new Message(sender, keeper.current().node(), next, body).encoded();
                try {
                    backend.publish(name, message, deadline);
                    sequence = next;
                } catch (OutcomeUnknownException e) {
                    sequence = next;
                    throw e;
                }
            });
        }
    }

    /** Owned by the backend's thread for this subscription. */
    private final class Receiver implements ChannelListener {
        private final String channel;
        private final MessageListener listener;
        private boolean strangerSeen;
        private final Map<String, Long> lastBySender = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                return size() > MOST_SENDERS;
            }
        };

        Receiver(String channel, MessageListener listener) {
            this.channel = channel;
            this.listener = listener;
        }

        @Override
        public void onMessage(byte[] bytes) {
            Message.decoded(bytes).ifPresentOrElse(this::receive, this::warnOfStranger);
        }

        @Override
        public void onGap() {
            guarded(listener::onGap);
        }

        private void receive(Message message) {
            if (message.sender().equals(sender)) {
                return;
            }
            Long last = lastBySender.get(message.sender());
            if (last != null && message.sequence() <= last) {
                return;
            }
            lastBySender.put(message.sender(), message.sequence());
            if (last != null && message.sequence() > last + 1) {
                guarded(listener::onGap);
            }
            guarded(() -> listener.onMessage(message.node(), message.body()));
        }

        private void warnOfStranger() {
            if (!strangerSeen) {
                strangerSeen = true;
                LOG.warn("Skipping messages of an unknown format, perhaps of another version channel={}", channel);
            }
        }

        private void guarded(Runnable call) {
            try {
                call.run();
            } catch (RuntimeException e) {
                LOG.error("A listener failed on a broadcast; the next ones follow channel={}", channel, e);
            }
        }
    }
}
