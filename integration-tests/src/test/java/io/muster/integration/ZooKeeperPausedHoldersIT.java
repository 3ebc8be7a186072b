package io.muster.integration;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class ZooKeeperPausedHoldersIT extends PausedHolderScenarios {
    ZooKeeperPausedHoldersIT() {
        super(ServerKind.ZOOKEEPER, StoreKind.OF_COORDINATOR);
    }
}
