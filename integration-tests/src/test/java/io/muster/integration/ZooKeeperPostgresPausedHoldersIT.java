package io.muster.integration;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class ZooKeeperPostgresPausedHoldersIT extends PausedHolderScenarios {
    ZooKeeperPostgresPausedHoldersIT() {
        super(ServerKind.ZOOKEEPER, StoreKind.POSTGRESQL);
    }
}
