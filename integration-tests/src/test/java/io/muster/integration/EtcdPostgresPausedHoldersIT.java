package io.muster.integration;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class EtcdPostgresPausedHoldersIT extends PausedHolderScenarios {
    EtcdPostgresPausedHoldersIT() {
        super(ServerKind.ETCD, StoreKind.POSTGRESQL);
    }
}
