package io.muster.queue.redis;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The highest number of writing calls that any answer named. A server connected to later that counts fewer has lost writes: a
 * replica was promoted that had not received them, a restart lost what was not on disk, or somebody emptied the server. What another client
 * wrote since may hide a loss; a loss is never reported without one. Thread-safe.
 */
final class WriteCount {
    private static final Logger LOG = LoggerFactory.getLogger(WriteCount.class);

    private final byte[] key;
    private final AtomicLong highest = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    WriteCount(byte[] key) {
        this.key = key;
    }

    byte[] key() {
        return key;
    }

    /** An answer named this number. */
    void seen(long count) {
        if (count > highest.get()) {
            highest.accumulateAndGet(count, Math::max);
        }
    }

    /** Writes known to be lost so far. */
    long lost() {
        return lost.get();
    }

    /** What a server says when it is connected to; what was seen before, it must have. */
    void compare(byte @Nullable [] text, String address) {
        long count = text == null ? 0 : Long.parseLong(new String(text, StandardCharsets.US_ASCII));
        long before = highest.getAndSet(count);
        if (count < before) {
            lost.addAndGet(before - count);
            LOG.error(
                    "Redis lost acknowledged writes of this store: it counts {} calls, {} were answered; jobs pushed or settled"
                            + " last may be missing or run again address={}",
                    count,
                    before,
                    address);
        }
    }
}
