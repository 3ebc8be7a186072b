package io.muster.integration;

import io.muster.servers.ServerKind;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class RedisRedisPausedHoldersIT extends PausedHolderScenarios {
    RedisRedisPausedHoldersIT() {
        super(ServerKind.REDIS, StoreKind.REDIS);
    }
}
