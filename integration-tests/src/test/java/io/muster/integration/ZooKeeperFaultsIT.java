package io.muster.integration;

import io.muster.servers.ServerKind;

class ZooKeeperFaultsIT extends FaultScenarios {
    ZooKeeperFaultsIT() {
        super(ServerKind.ZOOKEEPER);
    }
}
