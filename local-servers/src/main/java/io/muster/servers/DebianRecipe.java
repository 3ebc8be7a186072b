package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which Debian packages contain a server.
 *
 * @param suite the release to take them from; null: the release this machine runs
 * @param roots the packages to begin with
 * @param taken the names of those packages that are unpacked out of the roots and all they depend on, directly or not
 * @param directory the directory of the executable within the packages; one of its names may be {@code *}, for a version
 * @param executable the file name of the server
 */
record DebianRecipe(
        ServerKind kind,
        @Nullable String suite,
        List<String> roots,
        Pattern taken,
        String directory,
        String executable) {

    private static final String ANY = "*";

    /**
     * Libraries that a server may load: not the C library, which must be that of the machine, and not what belongs to
     * the installation of packages.
     */
    private static final String LIBRARIES =
            "lib(?!c6$|c-|perl|pam-|elogind|debconf|debian|newt|semanage|sepol|slang|textwrap).*(?<!-perl|-common|-db)|zlib1g";

    static DebianRecipe of(ServerKind kind) {
        return switch (kind) {
            case REDIS -> redis();
            case ETCD -> etcd();
            case CONSUL -> consul();
            case ZOOKEEPER -> throw new IllegalArgumentException("ZooKeeper comes from the class path");
            case POSTGRES -> postgres();
            case MARIADB -> mariaDb();
        };
    }

    /** The file redis-server is a link into redis-tools, which tells its roles apart by the name it is called by. */
    private static DebianRecipe redis() {
        return new DebianRecipe(
                ServerKind.REDIS,
                null,
                List.of("redis-server"),
                and("redis-(server|tools)"),
                "usr/bin",
                "redis-server");
    }

    /** The first suite with etcd 3.5; a static binary that also runs on older releases. */
    private static DebianRecipe etcd() {
        return new DebianRecipe(
                ServerKind.ETCD, "trixie", List.of("etcd-server"), only("etcd-server"), "usr/bin", "etcd");
    }

    /** The last suite that has Consul; a static binary that also runs on newer releases. */
    private static DebianRecipe consul() {
        return new DebianRecipe(ServerKind.CONSUL, "bullseye", List.of("consul"), only("consul"), "usr/bin", "consul");
    }

    /** The version is that of the release. */
    private static DebianRecipe postgres() {
        return new DebianRecipe(
                ServerKind.POSTGRES,
                null,
                List.of("postgresql"),
                and("postgresql-[0-9]+"),
                "usr/lib/postgresql/*/bin",
                "postgres");
    }

    /** What sets up the data directory needs a program that comes with the client. */
    private static DebianRecipe mariaDb() {
        List<String> packages = List.of("mariadb-server-core", "mariadb-client-core");
        return new DebianRecipe(
                ServerKind.MARIADB, null, packages, and(String.join("|", packages)), "usr/sbin", "mariadbd");
    }

    /** Whether it is installed where no search path leads. */
    boolean hasDirectoryOfItsOwn() {
        return directory.contains(ANY);
    }

    /** The executable within a directory into which the packages were unpacked, or installed; of several the newest. */
    Optional<Path> executableBelow(Path directoryOfPackages) {
        List<Path> directories = List.of(directoryOfPackages);
        for (String name : directory.split("/", -1)) {
            directories = directories.stream()
                    .flatMap(parent -> name.equals(ANY) ? newestFirst(parent) : Stream.of(parent.resolve(name)))
                    .toList();
        }
        return directories.stream()
                .map(parent -> parent.resolve(executable))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** By length first, so that 15 is newer than 9.6. */
    private static Stream<Path> newestFirst(Path parent) {
        if (!Files.isDirectory(parent)) {
            return Stream.empty();
        }
        Comparator<Path> oldestFirst = Comparator.<Path>comparingInt(
                        child -> child.toString().split("\\.", -1)[0].length())
                .thenComparing(Path::toString);
        try (Stream<Path> children = Files.list(parent)) {
            return children.sorted(oldestFirst.reversed()).toList().stream();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot list " + parent, failed);
        }
    }

    private static Pattern only(String names) {
        return Pattern.compile(names);
    }

    private static Pattern and(String names) {
        return Pattern.compile(names + "|" + LIBRARIES);
    }
}
