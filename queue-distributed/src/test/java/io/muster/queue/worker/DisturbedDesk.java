package io.muster.queue.worker;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node's desk that can be silent, lose replies or lose hints, and remembers what it was asked. */
final class DisturbedDesk implements NodeDesk {
    final List<Exchange> exchanges = new ArrayList<>();
    boolean silent;
    boolean losesHints;
    int losesReplies;
    private final NodeDesk sound;

    DisturbedDesk(NodeDesk sound) {
        this.sound = sound;
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        sound.admit(incarnation, survivorOf);
    }

    @Override
    public void leave(String incarnation) {
        sound.leave(incarnation);
    }

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        exchanges.add(exchange);
        if (silent) {
            throw new StoreUnavailableException("silent");
        }
        ExchangeReply reply = sound.exchange(exchange);
        if (losesReplies > 0) {
            losesReplies--;
            throw new StoreOutcomeUnknownException("the reply was lost");
        }
        return reply;
    }

    @Override
    public AssignReport reserve(Grant own, Instant now) {
        return sound.reserve(own, now);
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        return losesHints ? () -> {} : sound.onAssigned(incarnation, hint);
    }
}
