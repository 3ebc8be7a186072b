package io.muster.integration;

import io.muster.servers.ServerKind;

class ZooKeeperRedisPausedHoldersIT extends PausedHolderScenarios {
    ZooKeeperRedisPausedHoldersIT() {
        super(ServerKind.ZOOKEEPER, StoreKind.REDIS);
    }
}
