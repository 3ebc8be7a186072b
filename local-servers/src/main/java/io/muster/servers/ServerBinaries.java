package io.muster.servers;

import static java.util.Objects.requireNonNull;

import io.muster.servers.ServerBinary.Found;
import io.muster.servers.ServerBinary.Missing;
import io.muster.servers.ServerBinary.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds server binaries: the environment variable of the kind (a path, or {@code skip}), then PATH, /usr/sbin and where
 * Debian keeps the versions of PostgreSQL, then
 * Debian packages unpacked into the cache directory, else missing. Nothing is installed and nothing needs root. Servers
 * in containers are not looked for. ZooKeeper comes from the class path of this module and is missing only if skipped. Where there is
 * no Redis but a Valkey, that one serves as Redis.
 *
 * <p>The first search for a server that is neither named nor installed may download its packages, which takes seconds and
 * is announced on standard error; later ones take a millisecond. Safe for use by several threads and processes at once.
 */
public final class ServerBinaries {

    private static final String SKIP = "skip";

    /** Serves as Redis where there is no Redis. */
    private static final String VALKEY = "valkey-server";

    /** Some systems have MariaDB under the name of MySQL as well. */
    private static final String MARIADB = "mariadb";

    private static final Path SYSTEM = Path.of("/");

    private final ServerEnvironment environment;
    private final DebianPackages packages;

    public ServerBinaries(ServerEnvironment environment) {
        this.environment = requireNonNull(environment, "environment");
        this.packages = new DebianPackages(environment.cacheDirectory());
    }

    /** Looks for a server; never throws because there is none. */
    public ServerBinary locate(ServerKind kind) {
        Optional<String> override = environment.override(kind);
        if (override.isPresent()) {
            return overridden(kind, override.get());
        }
        if (kind == ServerKind.ZOOKEEPER) {
            return new Found(kind, Origin.CLASS_PATH, JavaProcess.launcher(), List.of());
        }
        DebianRecipe recipe = DebianRecipe.of(kind);
        return installed(recipe.executable())
                .or(() -> kind == ServerKind.REDIS ? installed(VALKEY) : Optional.empty())
                .or(() -> recipe.hasDirectoryOfItsOwn() ? recipe.executableBelow(SYSTEM) : Optional.empty())
                .<ServerBinary>map(path -> new Found(kind, Origin.PATH, path, List.of()))
                .orElseGet(() -> packages.server(kind));
    }

    private static ServerBinary overridden(ServerKind kind, String value) {
        if (value.equals(SKIP)) {
            return new Missing(kind, kind.environmentVariable() + "=skip");
        }
        if (kind == ServerKind.ZOOKEEPER) {
            return new Missing(
                    kind, kind.environmentVariable() + " can only be 'skip': ZooKeeper runs from the class path");
        }
        Path path = Path.of(value);
        return Files.isExecutable(path)
                ? new Found(kind, Origin.ENVIRONMENT, path.toAbsolutePath(), List.of())
                : new Missing(kind, kind.environmentVariable() + "=" + value + " is not an executable file");
    }

    private Optional<Path> installed(String executable) {
        Stream<Path> candidates = environment.searchPath().stream().map(directory -> directory.resolve(executable));
        return candidates
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .filter(path -> !isMariaDb(path) || executable.startsWith(MARIADB))
                .findFirst();
    }

    private static boolean isMariaDb(Path path) {
        try {
            return path.toRealPath().getFileName().toString().startsWith(MARIADB);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot look at " + path, unreadable);
        }
    }
}
