package io.muster.queue.testkit.store;

import org.junit.jupiter.api.Nested;

/** The whole contract. A store's test extends it and says how to open the store. */
public abstract class JobStoreContract {
    /** A store without jobs, for one case. */
    protected abstract StoreEnvironment openEnvironment();

    @Nested
    class Push extends PushContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }
}
