package io.muster.cluster.zookeeper;

import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract over TLS with credentials; {@link SecuredZooKeeperTest} is the part of each build. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class SecuredZooKeeperContractTest extends SecuredZooKeeper implements PrimitivesContract, RecipesContract {}
