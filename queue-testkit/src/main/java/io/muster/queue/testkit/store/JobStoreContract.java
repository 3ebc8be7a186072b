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

    @Nested
    class Assign extends AssignContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Attempt extends AttemptContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Fence extends FenceContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Reclaim extends ReclaimContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Key extends KeyContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class KeyCombination extends KeyCombinationContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Limit extends LimitContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Delay extends DelayContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Outbox extends OutboxContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class FollowUp extends FollowUpContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Batch extends BatchContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class BatchChange extends BatchChangeContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Schedule extends ScheduleContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Inspect extends InspectContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Obstacle extends ObstacleContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Failed extends FailedContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }

    @Nested
    class Drain extends DrainContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return JobStoreContract.this.openEnvironment();
        }
    }
}
