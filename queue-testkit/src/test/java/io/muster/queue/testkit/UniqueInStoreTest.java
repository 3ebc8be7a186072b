package io.muster.queue.testkit;

import io.muster.queue.testkit.job.UniqueContract;
import java.util.UUID;
import org.junit.jupiter.api.Tag;

/** Keys as records of the job store. */
@Tag("J5")
class UniqueInStoreTest extends UniqueContract {
    @Override
    protected String coordinator() {
        return "local:" + UUID.randomUUID();
    }

    @Override
    protected Home home() {
        return Home.STORE;
    }
}
