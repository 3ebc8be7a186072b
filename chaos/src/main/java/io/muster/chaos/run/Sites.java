package io.muster.chaos.run;

import io.muster.servers.ServerKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The coordinator and the store of a run.
 *
 * @param store empty if jobs are kept by the coordinator, or beside it on the same servers
 * @param storeUri what nodes are told of the store beyond the coordinator's address; empty: nothing
 */
record Sites(Site coordinator, Optional<Site> store, Optional<String> storeUri) implements AutoCloseable {
    private static final String COORDINATOR = "coordinator";
    private static final String STORE = "store";

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
    private static final Set<ServerKind> BY_MAJORITY = Set.of(ServerKind.ETCD, ServerKind.CONSUL, ServerKind.ZOOKEEPER);

    /** Jobs in the coordinator itself, also where it would bring another store. */
    private static final String IN_COORDINATOR = "cluster";

    private static final String FILE = "h2";
    private static final String SENTINEL = "redis-sentinel";
    private static final String REDIS_CLUSTER = "redis-cluster";

    /**
     * Starts what the plan names.
     *
     * @throws ChaosException it names what is not known
     */
    static Sites open(ChaosPlan plan, String namespace) {
        Site coordinator = coordinator(plan, namespace);
        try {
            return plan.store()
                    .map(store -> with(coordinator, store.toLowerCase(Locale.ROOT), plan.folder(), namespace))
                    .orElseGet(() -> new Sites(coordinator, Optional.empty(), Optional.empty()));
        } catch (RuntimeException e) {
            coordinator.close();
            throw e;
        }
    }

    private static Site coordinator(ChaosPlan plan, String namespace) {
        String name = plan.cluster().toLowerCase(Locale.ROOT);
        ServerKind kind = COORDINATORS.get(name);
        if (plan.servers() == 1 || kind == null) {
            return redisGroup(COORDINATOR, name, "{muster:" + namespace + "}")
                    .orElseGet(() -> single(COORDINATOR, name, COORDINATORS, plan.folder()));
        }
        if (plan.servers() != QuorumSite.SERVERS || !BY_MAJORITY.contains(kind)) {
            throw new ChaosException(
                    "--servers is 1, or 3 for etcd, consul and zookeeper, which agree by majority; not "
                            + plan.servers() + " for " + name
                            + ". Redis comes in groups as redis-sentinel and redis-cluster");
        }
        return QuorumSite.start(COORDINATOR, kind);
    }

    private static Sites with(Site coordinator, String store, Path folder, String namespace) {
        if (store.equals(IN_COORDINATOR)) {
            return new Sites(coordinator, Optional.empty(), Optional.of("cluster:"));
        }
        if (store.equals(FILE)) {
            Site file = new FileSite(STORE, "a file of H2", "h2:" + folder.resolve("jobs"));
            return new Sites(coordinator, Optional.of(file), Optional.empty());
        }
        Site started = redisGroup(STORE, store, "{muster-jobs:" + namespace + "}")
                .orElseGet(() -> single(STORE, store, STORES, folder));
        return new Sites(coordinator, Optional.of(started), Optional.empty());
    }

    /** @param tag all keys of this role begin with it, and so lie in one slot of a Redis Cluster */
    private static Optional<Site> redisGroup(String role, String name, String tag) {
        return switch (name) {
            case SENTINEL -> Optional.of(SentinelSite.start(role));
            case REDIS_CLUSTER -> Optional.of(RedisClusterSite.start(role, tag));
            default -> Optional.empty();
        };
    }

    private static Site single(String role, String name, Map<String, ServerKind> known, Path folder) {
        ServerKind kind = known.get(name);
        if (kind == null) {
            throw new ChaosException("Unknown " + role + " \"" + name + "\". Known: "
                    + String.join(", ", known.keySet().stream().sorted().toList()) + ", " + SENTINEL + ", "
                    + REDIS_CLUSTER + (role.equals(STORE) ? ", h2, cluster" : ""));
        }
        return SingleSite.start(role, kind, folder);
    }

    List<Site> all() {
        return store.map(own -> List.of(coordinator, own)).orElseGet(() -> List.of(coordinator));
    }

    /** The one that keeps the jobs. */
    Site jobs() {
        return store.orElse(coordinator);
    }

    String description() {
        return coordinator.description() + " + "
                + store.map(Site::description)
                        .orElse(storeUri.isPresent() ? "jobs in the coordinator" : "what the coordinator brings");
    }

    /** New ways of one process to all of them, the coordinator's first. */
    List<Way> ways(int process) {
        return all().stream().map(site -> site.way(process)).toList();
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
