package io.muster.queue.redis;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import io.muster.redis.RedisChannels;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who wants to be told. Each hint runs on the store's loop, at most once for all that was published before. */
final class Hints {
    private final RedisChannels channels;
    private final StoreKeys keys;
    private final Loop loop;

    Hints(RedisChannels channels, StoreKeys keys, Loop loop) {
        this.channels = channels;
        this.keys = keys;
        this.loop = loop;
    }

    Subscription onReady(Runnable hint) {
        return subscribe(keys.readyChannel(), hint);
    }

    Subscription onAssigned(String incarnation, Runnable hint) {
        return subscribe(keys.assignedChannel(incarnation), hint);
    }

    private Subscription subscribe(String channel, Runnable body) {
        Hint hint = new Hint(loop, body);
        channels.add(channel, hint);
        return () -> {
            hint.ended = true;
            channels.remove(channel, hint);
        };
    }

    private static final class Hint implements RedisChannels.Receiver {
        private final Loop loop;
        private final Runnable body;
        private final AtomicBoolean posted = new AtomicBoolean();
        private volatile boolean ended;

        Hint(Loop loop, Runnable body) {
            this.loop = loop;
            this.body = body;
        }

        /** Something may have been published before. */
        @Override
        public void onSubscribed() {
            post();
        }

        @Override
        public void onMessage(byte[] message) {
            post();
        }

        private void post() {
            if (posted.compareAndSet(false, true)) {
                loop.post(this::run);
            }
        }

        private void run() {
            posted.set(false);
            if (!ended) {
                body.run();
            }
        }
    }
}
