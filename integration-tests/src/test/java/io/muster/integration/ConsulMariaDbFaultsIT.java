package io.muster.integration;

import io.muster.servers.ServerKind;

@InEachBuild("pausedWorkerSettlesNothingAndIsNotACrash")
class ConsulMariaDbFaultsIT extends FaultScenarios {
    ConsulMariaDbFaultsIT() {
        super(ServerKind.CONSUL, StoreKind.MARIADB);
    }
}
