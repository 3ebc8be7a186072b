package io.muster.integration;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class ConsulRedisPausedHoldersIT extends PausedHolderScenarios {
    ConsulRedisPausedHoldersIT() {
        super(ServerKind.CONSUL, StoreKind.REDIS);
    }
}
