package io.muster.integration;

import io.muster.servers.ServerKind;

class RedisPostgresPausedHoldersIT extends PausedHolderScenarios {
    RedisPostgresPausedHoldersIT() {
        super(ServerKind.REDIS, StoreKind.POSTGRESQL);
    }
}
