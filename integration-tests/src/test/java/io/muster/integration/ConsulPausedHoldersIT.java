package io.muster.integration;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class ConsulPausedHoldersIT extends PausedHolderScenarios {
    ConsulPausedHoldersIT() {
        super(ServerKind.CONSUL, StoreKind.OF_COORDINATOR);
    }
}
