package io.muster.integration;

import io.muster.servers.ServerKind;

class EtcdRedisPausedHoldersIT extends PausedHolderScenarios {
    EtcdRedisPausedHoldersIT() {
        super(ServerKind.ETCD, StoreKind.REDIS);
    }
}
