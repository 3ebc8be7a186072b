package io.muster.queue.testkit.store;

import io.muster.queue.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/** A store under test, with data of its own: empty when opened, gone when closed. */
public interface StoreEnvironment extends AutoCloseable {
    /**
     * A handle onto this environment's data, as another process has it: with connections and caches of its own. The environment
     * closes it.
     */
    JobStore openStore();

    /** What the clock says by which the store judges due moments. */
    Instant now();

    /** Lets {@code duration} pass for the store: moves its clock by hand, or waits. */
    void pass(Duration duration);

    /** How many live jobs a bounded store has room for; the contract fills it. Empty: not bounded. */
    OptionalInt mostLiveJobs();

    @Override
    void close();
}
