package io.muster.integration;

import io.muster.servers.ServerKind;

class EtcdFaultsIT extends FaultScenarios {
    EtcdFaultsIT() {
        super(ServerKind.ETCD);
    }
}
