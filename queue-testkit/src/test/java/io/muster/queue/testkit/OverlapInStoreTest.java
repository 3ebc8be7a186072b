package io.muster.queue.testkit;

import io.muster.queue.testkit.job.OverlapContract;
import java.util.UUID;
import org.junit.jupiter.api.Tag;

/** Keys as records of the job store. */
@Tag("M3")
class OverlapInStoreTest extends OverlapContract {
    @Override
    protected String coordinator() {
        return "local:" + UUID.randomUUID();
    }

    @Override
    protected Home home() {
        return Home.STORE;
    }
}
