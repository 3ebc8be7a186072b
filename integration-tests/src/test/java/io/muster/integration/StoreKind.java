package io.muster.integration;

import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.util.Optional;

/** What keeps the jobs of a case. */
enum StoreKind {
    /** Nothing of its own. */
    OF_COORDINATOR,
    REDIS,
    POSTGRESQL,
    MARIADB,
    H2;

    /** A place of this kind for the nodes whose folder this is; empty if there is no such server on this machine. */
    Optional<StorePlace> place(Path folder) {
        return switch (this) {
            case OF_COORDINATOR -> Optional.of(StorePlace.OF_COORDINATOR);
            case REDIS -> SharedServers.get(ServerKind.REDIS).map(StorePlace::on);
            case POSTGRESQL -> SharedServers.get(ServerKind.POSTGRES).map(StorePlace::on);
            case MARIADB -> SharedServers.get(ServerKind.MARIADB).map(StorePlace::on);
            case H2 -> Optional.of(StorePlace.fileIn(folder));
        };
    }
}
