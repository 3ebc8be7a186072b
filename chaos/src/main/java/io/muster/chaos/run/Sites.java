package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The coordinator and the store of a run.
 *
 * @param store empty if jobs are kept by the coordinator, or beside it on the same server
 * @param storeUri what nodes are told of the store beyond the coordinator's address; empty: nothing
 */
record Sites(Site coordinator, Optional<Site> store, Optional<String> storeUri) implements AutoCloseable {
    private static final Map<String, ServerKind> COORDINATORS = Map.of(
            "embedded", ServerKind.ZOOKEEPER,
            "zookeeper", ServerKind.ZOOKEEPER,
            "redis", ServerKind.REDIS,
            "etcd", ServerKind.ETCD,
            "consul", ServerKind.CONSUL);
    private static final Map<String, ServerKind> STORES = Map.of(
            "redis", ServerKind.REDIS,
            "postgresql", ServerKind.POSTGRES,
            "mariadb", ServerKind.MARIADB);
    /** Jobs in the coordinator itself, also where it would bring another store. */
    private static final String IN_COORDINATOR = "cluster";

    private static final String FILE = "h2";

    /**
     * Starts what the plan names.
     *
     * @throws ChaosException it names what is not known
     */
    static Sites open(ChaosPlan plan) {
        Site coordinator = server("coordinator", plan.cluster(), COORDINATORS);
        try {
            return plan.store()
                    .map(store -> with(coordinator, store.toLowerCase(Locale.ROOT), plan.folder()))
                    .orElseGet(() -> new Sites(coordinator, Optional.empty(), Optional.empty()));
        } catch (RuntimeException e) {
            coordinator.close();
            throw e;
        }
    }

    private static Sites with(Site coordinator, String store, Path folder) {
        if (store.equals(IN_COORDINATOR)) {
            return new Sites(coordinator, Optional.empty(), Optional.of("cluster:"));
        }
        if (store.equals(FILE)) {
            Site file = Site.file("store", "a file of H2", "h2:" + folder.resolve("jobs"));
            return new Sites(coordinator, Optional.of(file), Optional.empty());
        }
        return new Sites(coordinator, Optional.of(server("store", store, STORES)), Optional.empty());
    }

    private static Site server(String role, String name, Map<String, ServerKind> known) {
        ServerKind kind = known.get(name.toLowerCase(Locale.ROOT));
        if (kind == null) {
            throw new ChaosException("Unknown " + role + " \"" + name + "\". Known: "
                    + String.join(", ", known.keySet().stream().sorted().toList())
                    + (role.equals("store") ? ", h2, cluster" : ""));
        }
        return Site.of(role, LocalServer.start(kind, ServerOptions.forTests()));
    }

    List<Site> all() {
        return store.map(own -> List.of(coordinator, own)).orElseGet(() -> List.of(coordinator));
    }

    String description() {
        return coordinator.description() + " + "
                + store.map(Site::description)
                        .orElse(storeUri.isPresent() ? "jobs in the coordinator" : "what the coordinator brings");
    }

    /** Faults after which any of them may have lost its latest writes, by its own promise. */
    Set<String> losing() {
        return all().stream().flatMap(site -> site.losing().stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** New ways of one process to all of them, the coordinator's first. */
    List<Way> ways() {
        return all().stream().map(Site::way).toList();
    }

    /** The settings of a process that goes by these ways. */
    List<String> settings(List<Way> ways) {
        String cluster = "muster.cluster=" + ways.get(0).uri();
        Optional<String> uri = ways.size() > 1 ? Optional.of(ways.get(1).uri()) : storeUri;
        return uri.map(told -> List.of(cluster, "muster.store=" + told)).orElseGet(() -> List.of(cluster));
    }

    @Override
    public void close() {
        all().forEach(Site::close);
    }
}
