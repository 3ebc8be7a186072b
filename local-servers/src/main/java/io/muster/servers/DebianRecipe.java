package io.muster.servers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which Debian packages contain a server.
 *
 * @param suite the release to take them from; null: the release this machine runs
 * @param packages the packages themselves
 * @param librariesOf the package whose direct library dependencies are unpacked as well; null for static binaries
 * @param executable the file name of the server, in /usr/bin of the packages
 */
record DebianRecipe(
        ServerKind kind,
        @Nullable String suite,
        List<String> packages,
        @Nullable String librariesOf,
        String executable) {

    DebianRecipe {
        packages = List.copyOf(packages);
    }

    static DebianRecipe of(ServerKind kind) {
        return switch (kind) {
            case REDIS -> redis();
            case ETCD -> etcd();
            case CONSUL -> consul();
            case ZOOKEEPER -> throw new IllegalArgumentException("ZooKeeper comes from the class path");
        };
    }

    /** The file redis-server is a link into redis-tools, which tells its roles apart by the name it is called by. */
    private static DebianRecipe redis() {
        return new DebianRecipe(
                ServerKind.REDIS, null, List.of("redis-server", "redis-tools"), "redis-tools", "redis-server");
    }

    /** The first suite with etcd 3.5; a static binary that also runs on older releases. */
    private static DebianRecipe etcd() {
        return new DebianRecipe(ServerKind.ETCD, "trixie", List.of("etcd-server"), null, "etcd");
    }

    /** The last suite that has Consul; a static binary that also runs on newer releases. */
    private static DebianRecipe consul() {
        return new DebianRecipe(ServerKind.CONSUL, "bullseye", List.of("consul"), null, "consul");
    }
}
