package io.muster.queue.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2TransactionTest extends TransactionContract {
    @TempDir
    Path directory;

    @Override
    JdbcEnvironment openEnvironment() {
        return new JdbcEnvironment("h2:" + directory.resolve("jobs"), "within");
    }
}
