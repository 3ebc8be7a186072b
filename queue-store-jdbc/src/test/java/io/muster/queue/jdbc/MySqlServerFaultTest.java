package io.muster.queue.jdbc;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** As for the contract: in the full run. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class MySqlServerFaultTest extends MariaDbServerFaultTest {
    @Override
    ServerKind kind() {
        return ServerKind.MYSQL;
    }
}
