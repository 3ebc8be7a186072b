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
 * Which Debian packages contain a server, or a library.
 *
 * @param id what people call it, and its directory in the cache
 * @param suite the release to take them from; null: the release this machine runs; {@link #BACKPORTS}: that, and what was ported to it
 * @param roots the packages to begin with
 * @param taken the names of those packages that are unpacked out of the roots and all they depend on, directly or not
 * @param directory the directory of the executable within the packages; one of its names may be {@code *}, for a version
 * @param executable the file name of the server or library
 * @param ownLibc whether the packages bring a C library newer than the machine's, with which the server is started
 */
record DebianRecipe(
        String id,
        @Nullable String suite,
        List<String> roots,
        Pattern taken,
        String directory,
        String executable,
        boolean ownLibc) {

    private static final String BACKPORTS = "backports";

    /** Lies beside a server, and starts it with the loader and the libraries that were unpacked with it. */
    private static final String STARTER =
            """
            #!/bin/sh
            usr=$(dirname "$0")/..
            for lib in "$usr"/lib/*-linux-gnu; do :; done
            for loader in "$lib"/ld-linux*.so.*; do :; done
            exec "$loader" --library-path "$lib" "${0%.start}" "$@"
            """;

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
            case VALKEY -> valkey();
            case ETCD -> etcd();
            case CONSUL -> consul();
            case ZOOKEEPER -> throw new IllegalArgumentException("ZooKeeper comes from the class path");
            case POSTGRES -> postgres();
            case MARIADB -> mariaDb();
            case MYSQL -> mySql();
        };
    }

    /** The file redis-server is a link into redis-tools, which tells its roles apart by the name it is called by. */
    private static DebianRecipe redis() {
        return new DebianRecipe(
                ServerKind.REDIS.id(),
                null,
                List.of("redis-server"),
                and("redis-(server|tools)"),
                "usr/bin",
                "redis-server",
                false);
    }

    /** The file valkey-server is a link too. */
    private static DebianRecipe valkey() {
        return new DebianRecipe(
                ServerKind.VALKEY.id(),
                BACKPORTS,
                List.of("valkey-server"),
                and("valkey-(server|tools)"),
                "usr/bin",
                "valkey-server",
                false);
    }

    /** The first suite with etcd 3.5; a static binary that also runs on older releases. */
    private static DebianRecipe etcd() {
        return new DebianRecipe(
                ServerKind.ETCD.id(), "trixie", List.of("etcd-server"), only("etcd-server"), "usr/bin", "etcd", false);
    }

    /** The last suite that has Consul; a static binary that also runs on newer releases. */
    private static DebianRecipe consul() {
        return new DebianRecipe(
                ServerKind.CONSUL.id(), "bullseye", List.of("consul"), only("consul"), "usr/bin", "consul", false);
    }

    /** The version is that of the release. */
    private static DebianRecipe postgres() {
        return new DebianRecipe(
                ServerKind.POSTGRES.id(),
                null,
                List.of("postgresql"),
                and("postgresql-[0-9]+"),
                "usr/lib/postgresql/*/bin",
                "postgres",
                false);
    }

    /** What sets up the data directory needs a program that comes with the client. */
    private static DebianRecipe mariaDb() {
        List<String> packages = List.of("mariadb-server-core", "mariadb-client-core");
        return new DebianRecipe(
                ServerKind.MARIADB.id(),
                null,
                packages,
                and(String.join("|", packages)),
                "usr/sbin",
                "mariadbd",
                false);
    }

    /** Debian has it only where its releases are made, and built for the C library there. */
    private static DebianRecipe mySql() {
        return new DebianRecipe(
                ServerKind.MYSQL.id(),
                "sid",
                List.of("mysql-server-core"),
                and("mysql-server-core|libc6"),
                "usr/sbin",
                "mysqld",
                true);
    }

    /** A library that is loaded into processes so that their wall clocks can be set apart from the machine's. */
    static DebianRecipe fakeTime() {
        return new DebianRecipe(
                "faketime",
                null,
                List.of("libfaketime"),
                only("libfaketime"),
                "usr/lib/*/faketime",
                "libfaketimeMT.so.1",
                false);
    }

    /** The suites to look into, the last of which names the server's directory. */
    List<String> suites(String codename) {
        if (suite == null) {
            return List.of(codename);
        }
        return suite.equals(BACKPORTS) ? List.of(codename, codename + "-" + BACKPORTS) : List.of(suite);
    }

    /** What is to be done with packages that were unpacked here. */
    void prepare(Path directoryOfPackages) throws IOException {
        Optional<Path> server = ownLibc ? executableBelow(directoryOfPackages) : Optional.empty();
        if (server.isPresent()) {
            Path starter = starter(server.get());
            Files.writeString(starter, STARTER);
            Files.setPosixFilePermissions(starter, Files.getPosixFilePermissions(server.get()));
        }
    }

    /** What starts the server out of packages that were unpacked here. */
    Optional<Path> unpackedBelow(Path directoryOfPackages) {
        Optional<Path> server = executableBelow(directoryOfPackages);
        return ownLibc ? server.map(DebianRecipe::starter).filter(Files::isExecutable) : server;
    }

    private static Path starter(Path server) {
        return server.resolveSibling(server.getFileName() + ".start");
    }

    /** Whether it is installed where no search path leads. */
    boolean hasDirectoryOfItsOwn() {
        return directory.contains(ANY);
    }

    /** The executable within a directory into which the packages were unpacked, or installed; of several the newest. */
    Optional<Path> executableBelow(Path directoryOfPackages) {
        return filesBelow(directoryOfPackages).filter(Files::isExecutable).findFirst();
    }

    /** As {@link #executableBelow}, for what is loaded and not started. */
    Stream<Path> filesBelow(Path directoryOfPackages) {
        List<Path> directories = List.of(directoryOfPackages);
        for (String name : directory.split("/", -1)) {
            directories = directories.stream()
                    .flatMap(parent -> name.equals(ANY) ? newestFirst(parent) : Stream.of(parent.resolve(name)))
                    .toList();
        }
        return directories.stream().map(parent -> parent.resolve(executable)).filter(Files::isRegularFile);
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
