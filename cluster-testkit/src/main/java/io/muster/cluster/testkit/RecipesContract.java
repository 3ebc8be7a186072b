package io.muster.cluster.testkit;

/** The whole contract of {@link io.muster.cluster.Cluster}: that the recipes keep their promises on a backend. */
public interface RecipesContract
        extends MembershipContract,
                LockContract,
                LeaseContract,
                ElectionContract,
                BroadcastContract,
                SessionLossContract,
                LinearizabilityContract {}
