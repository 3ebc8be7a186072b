package io.muster.queue.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2SurvivorLocksTest extends SurvivorLocksContract {
    @TempDir
    private Path folder;

    @Override
    JdbcEnvironment openEnvironment() {
        return new JdbcEnvironment("h2:" + folder.resolve("jobs"), "survivors");
    }

    @Override
    String countOfThoseThatWait() {
        return "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
    }
}
