package io.muster.integration;

import io.muster.queue.worker.OnSessionLost;
import io.muster.servers.ServerKind;

@InEachBuild({
    "nothingIsWrittenUnderTheTermOfPausedLeader",
    "withoutTheCoordinatorPushesAreAcceptedAndNothingNewBegins",
    "whileTheStoreIsFrozenResultsAreKept",
    "leaderThatAloneLosesTheStoreWithdraws",
    "nodeThatAloneLosesTheCoordinatorTakesNothingNew"
})
class ZooKeeperRedisFaultsIT extends SeparateStoreScenarios {
    ZooKeeperRedisFaultsIT() {
        super(ServerKind.ZOOKEEPER, StoreKind.REDIS, OnSessionLost.INTERRUPT);
    }
}
