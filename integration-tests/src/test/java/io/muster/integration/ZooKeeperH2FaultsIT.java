package io.muster.integration;

import io.muster.servers.ServerKind;

@InEachBuild("jobsOfKilledWorkerRunElsewhere")
class ZooKeeperH2FaultsIT extends FaultScenarios {
    ZooKeeperH2FaultsIT() {
        super(ServerKind.ZOOKEEPER, StoreKind.H2);
    }
}
