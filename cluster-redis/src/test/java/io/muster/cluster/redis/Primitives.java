package io.muster.cluster.redis;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Short ways to say what tests do with the primitives. */
final class Primitives {
    private Primitives() {}

    /** Commits what must not conflict. */
    static Committed commit(Backend backend, Write... writes) {
        return (Committed) backend.commit(new Transaction(List.of(), List.of(writes)), soon());
    }

    /** The deadline of a call that will succeed. */
    static Deadline soon() {
        return within(5_000);
    }

    static Deadline within(long millis) {
        return Deadline.after(
                Duration.ofMillis(millis), SystemTimeline.instance().ticker());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Entry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }
}
