package io.muster.integration;

import io.muster.servers.ServerKind;

class ConsulFaultsIT extends FaultScenarios {
    ConsulFaultsIT() {
        super(ServerKind.CONSUL);
    }
}
