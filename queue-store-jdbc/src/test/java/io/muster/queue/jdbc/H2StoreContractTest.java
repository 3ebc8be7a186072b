package io.muster.queue.jdbc;

import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2StoreContractTest extends JobStoreContract {
    @TempDir
    static Path directory;

    @Override
    protected StoreEnvironment openEnvironment() {
        return new JdbcEnvironment("h2:" + directory.resolve("jobs"));
    }
}
