package io.muster.integration;

import io.muster.servers.ServerKind;

class ConsulPostgresPausedHoldersIT extends PausedHolderScenarios {
    ConsulPostgresPausedHoldersIT() {
        super(ServerKind.CONSUL, StoreKind.POSTGRESQL);
    }
}
