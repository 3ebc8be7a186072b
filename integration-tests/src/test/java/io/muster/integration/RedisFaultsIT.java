package io.muster.integration;

import io.muster.servers.ServerKind;

class RedisFaultsIT extends FaultScenarios {
    RedisFaultsIT() {
        super(ServerKind.REDIS);
    }
}
