package io.muster.architecture;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Which package belongs to which module, and what a module may use: the table of ARCHITECTURE.md as code. */
final class ModuleMap {
    static final String CLUSTER_API = "cluster-api";

    /** Below a backend and a store, which never see each other. */
    private static final String REDIS_CONNECTION = "redis-connection";

    private static final Map<String, String> MODULE_OF_PACKAGE = Map.ofEntries(
            Map.entry("io.muster.cluster", CLUSTER_API),
            Map.entry("io.muster.cluster.local", "cluster-local"),
            Map.entry("io.muster.redis", REDIS_CONNECTION),
            Map.entry("io.muster.cluster.redis", "cluster-redis"),
            Map.entry("io.muster.cluster.etcd", "cluster-etcd"),
            Map.entry("io.muster.cluster.consul", "cluster-consul"),
            Map.entry("io.muster.cluster.zookeeper", "cluster-zookeeper"),
            Map.entry("io.muster.cluster.testkit", "cluster-testkit"),
            Map.entry("io.muster.queue", "queue-distributed"),
            Map.entry("io.muster.queue.testkit", "queue-testkit"),
            Map.entry("io.muster.queue.jdbc", "queue-store-jdbc"),
            Map.entry("io.muster.queue.redis", "queue-store-redis"),
            Map.entry("io.muster.servers", "local-servers"),
            Map.entry("io.muster.cli", "queue-cli"),
            Map.entry("io.muster.examples", "examples"));

    private static final Set<String> APPLICATIONS_MAY_USE = Set.of(
            CLUSTER_API,
            "cluster-local",
            "cluster-redis",
            "cluster-etcd",
            "cluster-consul",
            "cluster-zookeeper",
            "queue-distributed",
            "queue-store-jdbc",
            "queue-store-redis",
            "local-servers",
            "examples");

    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry(CLUSTER_API, Set.of()),
            Map.entry("cluster-local", Set.of(CLUSTER_API)),
            Map.entry(REDIS_CONNECTION, Set.of(CLUSTER_API)),
            Map.entry("cluster-redis", Set.of(CLUSTER_API, REDIS_CONNECTION)),
            Map.entry("cluster-etcd", Set.of(CLUSTER_API)),
            Map.entry("cluster-consul", Set.of(CLUSTER_API)),
            Map.entry("cluster-zookeeper", Set.of(CLUSTER_API)),
            Map.entry("cluster-testkit", Set.of(CLUSTER_API)),
            Map.entry("queue-distributed", Set.of(CLUSTER_API)),
            Map.entry("queue-testkit", Set.of(CLUSTER_API, "cluster-local", "queue-distributed")),
            Map.entry("queue-store-jdbc", Set.of(CLUSTER_API, "queue-distributed")),
            Map.entry("queue-store-redis", Set.of(CLUSTER_API, "queue-distributed", REDIS_CONNECTION)),
            Map.entry("local-servers", Set.of(CLUSTER_API, "cluster-testkit")),
            Map.entry("queue-cli", APPLICATIONS_MAY_USE),
            Map.entry("examples", APPLICATIONS_MAY_USE));

    /** Libraries of which a type may be named in these modules only. */
    static final Map<String, Set<String>> CLIENT_PACKAGES = Map.of(
            "io.lettuce", Set.of(REDIS_CONNECTION, "cluster-redis", "queue-store-redis"),
            "io.etcd", Set.of("cluster-etcd"),
            "io.grpc", Set.of("cluster-etcd"),
            "com.cronutils", Set.of("queue-distributed"),
            "com.ecwid", Set.of("cluster-consul"),
            "org.apache.http", Set.of("cluster-consul"),
            "org.apache.curator", Set.of("cluster-zookeeper"),
            "org.apache.zookeeper", Set.of("cluster-zookeeper"),
            "com.google.common", Set.of(),
            "org.apache.commons", Set.of());

    private ModuleMap() {}

    static Optional<String> moduleOf(String packageName) {
        return prefixesOf(packageName).stream()
                .filter(MODULE_OF_PACKAGE::containsKey)
                .findFirst()
                .map(MODULE_OF_PACKAGE::get);
    }

    static boolean mayUse(String module, String other) {
        return module.equals(other) || MAY_USE.getOrDefault(module, Set.of()).contains(other);
    }

    /** The modules that alone may name types of this package, if there is a rule for it. */
    static Optional<Set<String>> ownersOf(String clientPackage) {
        return prefixesOf(clientPackage).stream()
                .filter(CLIENT_PACKAGES::containsKey)
                .findFirst()
                .map(CLIENT_PACKAGES::get);
    }

    /** The package and its parents, the longest first. */
    private static List<String> prefixesOf(String packageName) {
        String[] parts = packageName.split("\\.", -1);
        return IntStream.rangeClosed(1, parts.length)
                .mapToObj(count -> String.join(".", List.of(parts).subList(0, count)))
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }
}
