package io.muster.queue.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2HostileRowsTest extends HostileRowsContract {
    @TempDir
    private Path folder;

    @Override
    JdbcEnvironment openEnvironment() {
        return new JdbcEnvironment("h2:" + folder.resolve("jobs"), "hostile");
    }
}
