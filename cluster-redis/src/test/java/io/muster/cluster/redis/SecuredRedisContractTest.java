package io.muster.cluster.redis;

import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract over TLS with credentials; {@link SecuredRedisTest} is the part of each build. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class SecuredRedisContractTest extends SecuredRedis implements PrimitivesContract, RecipesContract {}
