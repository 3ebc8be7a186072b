package io.muster.cluster.testkit;

import io.muster.cluster.spi.BackendConfig;
import java.time.Duration;

/** A backend, its server, and what goes wrong between the two. Supplied by whoever tests a backend. */
public interface ContractEnvironment {
    /** Leads straight to the server. */
    BackendConfig direct();

    /** Leads to the same server through the network that {@link #faults()} disturbs. */
    BackendConfig throughProxy();

    /** Disturbs the server and the network. */
    ServerFaults faults();

    /** The TTL that tests ask for: short, since tests wait for its end, and not below what the server grants. */
    Duration sessionTtl();

    /** How long the backend may take to work again after a fault is over. */
    default Duration recovery() {
        return Duration.ofSeconds(20);
    }
}
