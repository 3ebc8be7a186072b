package io.muster.cluster.consul;

import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract over TLS with credentials; {@link SecuredConsulTest} is the part of each build. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class SecuredConsulContractTest extends SecuredConsul implements PrimitivesContract, RecipesContract {}
