package io.muster.integration;

import io.muster.queue.worker.OnSessionLost;
import io.muster.servers.ServerKind;

@InEachBuild({
    "anotherLeadsAfterTheLeaderWasKilled",
    "withoutTheCoordinatorPushesAreAcceptedAndNothingNewBegins",
    "whileTheStoreIsStoppedResultsAreKept",
    "nodeThatAloneLosesTheStoreSaysSoAndIsReclaimedAfterAGrace",
    "nodeThatAloneLosesTheCoordinatorTakesNothingNew"
})
class EtcdPostgresFaultsIT extends SeparateStoreScenarios {
    EtcdPostgresFaultsIT() {
        super(ServerKind.ETCD, StoreKind.POSTGRESQL, OnSessionLost.FINISH);
    }
}
