package io.muster.chaos.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is run.
 *
 * @param regime how load and faults follow each other
 * @param cluster name of a coordinator
 * @param servers how many servers the coordinator has: 1, or 3 that agree by majority
 * @param store name of a store; empty: what the coordinator brings
 * @param faults which kinds happen, such as {@code kill-node}; empty: all
 * @param rate pushes per second of each client, on average
 * @param folder for the history and the logs
 * @param ttl of sessions, as far as the server allows
 */
public record ChaosPlan(
        Regime regime,
        String cluster,
        int servers,
        Optional<String> store,
        Duration length,
        long seed,
        List<String> faults,
        int nodes,
        int clients,
        int rate,
        Path folder,
        Duration ttl) {
    public ChaosPlan {
        faults = List.copyOf(faults);
        if (FaultKind.named(faults).isEmpty()) {
            throw new ChaosException("No faults");
        }
    }

    /** As people call it. */
    public String pair() {
        return (servers == 1 ? "" : servers + " servers of ") + cluster + " + " + store.orElse("its own store");
    }

    /** The command that runs it again. */
    public String command() {
        String chosen = store.map(name -> " --store " + name).orElse("");
        String several = servers == 1 ? "" : " --servers " + servers;
        return "./muster " + regime.command() + " --cluster " + cluster + several + chosen + " --minutes "
                + Math.max(1, length.toMinutes()) + " --seed " + seed
                + (faults.isEmpty() ? "" : " --faults " + String.join(",", faults));
    }
}
