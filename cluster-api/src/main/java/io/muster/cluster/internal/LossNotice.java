package io.muster.cluster.internal;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import java.util.ArrayList;
import java.util.List;

/** Tells listeners once that something was lost, late ones too. Thread-safe, by its own lock. */
final class LossNotice {
    private final Loop loop;
    private final List<Call> calls = new ArrayList<>();
    private boolean over;
    private boolean happened;

    LossNotice(Loop loop) {
        this.loop = loop;
    }

    Subscription add(Runnable listener) {
        Call call = new Call(listener);
        synchronized (this) {
            if (!over) {
                calls.add(call);
            } else if (happened) {
                loop.post(call::run);
            }
        }
        return () -> {
            call.closed = true;
            synchronized (this) {
                calls.remove(call);
            }
        };
    }

    synchronized void happened() {
        if (!over) {
            over = true;
            happened = true;
            calls.forEach(call -> loop.post(call::run));
            calls.clear();
        }
    }

    /** It ended as it should: nobody is called. */
    synchronized void never() {
        over = true;
        calls.clear();
    }

    private static final class Call {
        private final Runnable listener;
        private volatile boolean closed;

        Call(Runnable listener) {
            this.listener = listener;
        }

        void run() {
            if (!closed) {
                listener.run();
            }
        }
    }
}
