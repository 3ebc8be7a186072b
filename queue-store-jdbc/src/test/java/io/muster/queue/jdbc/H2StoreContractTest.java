package io.muster.queue.jdbc;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class H2StoreContractTest extends JobStoreContract {
    private static final String NAMESPACE = "contract";

    @TempDir
    static Path directory;

    private static JdbcStore keepsTheFileOpen;

    @BeforeAll
    static void open() {
        keepsTheFileOpen = JdbcStoreProvider.open(ConnectionUri.parse(uri()), NAMESPACE, SystemTimeline.instance());
    }

    @AfterAll
    static void close() {
        keepsTheFileOpen.close();
    }

    @Override
    protected StoreEnvironment openEnvironment() {
        return new JdbcEnvironment(uri(), NAMESPACE);
    }

    private static String uri() {
        return "h2:" + directory.resolve("jobs");
    }
}
