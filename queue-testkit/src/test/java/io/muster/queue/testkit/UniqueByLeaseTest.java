package io.muster.queue.testkit;

import io.muster.queue.testkit.job.UniqueContract;
import java.util.UUID;
import org.junit.jupiter.api.Tag;

/** Keys as leases of the coordinator. */
@Tag("J5")
class UniqueByLeaseTest extends UniqueContract {
    @Override
    protected String coordinator() {
        return "local:" + UUID.randomUUID();
    }

    @Override
    protected Home home() {
        return Home.LEASE;
    }
}
