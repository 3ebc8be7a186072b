package io.muster.integration;

import io.muster.servers.ServerKind;

class EtcdPausedHoldersIT extends PausedHolderScenarios {
    EtcdPausedHoldersIT() {
        super(ServerKind.ETCD, StoreKind.OF_COORDINATOR);
    }
}
