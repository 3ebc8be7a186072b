package io.muster.cluster.testkit;

/** The primitives' whole contract. */
public interface PrimitivesContract
        extends TransactionContract,
                BoundEntryContract,
                LimitContract,
                SessionContract,
                ListContract,
                WatchContract,
                ChannelContract,
                FaultContract {}
