package io.muster.cluster.etcd;

import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract over TLS with credentials; {@link SecuredEtcdTest} is the part of each build. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class SecuredEtcdContractTest extends SecuredEtcd implements PrimitivesContract, RecipesContract {}
