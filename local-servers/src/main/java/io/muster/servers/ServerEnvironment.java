package io.muster.servers;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this module takes from the process around it; the only place that reads environment and system properties.
 *
 * @param variables the environment variables
 * @param home the user's home directory
 * @param skippedServers the directory in which missing servers are noted, see {@link SkippedServers}
 */
public record ServerEnvironment(Map<String, String> variables, Path home, Path skippedServers) {

    /** {@code all}, or a comma-separated list of server names such as {@code redis,etcd}: these must not be missing. */
    public static final String REQUIRED_VARIABLE = "MUSTER_REQUIRE_SERVERS";

    /** System property for {@link #skippedServers()}; {@code target/skipped-servers} if not set. */
    public static final String SKIPPED_PROPERTY = "muster.skipped.servers";

    public ServerEnvironment {
        variables = Map.copyOf(variables);
        requireNonNull(home, "home");
        requireNonNull(skippedServers, "skippedServers");
    }

    /** The environment of this JVM. */
    public static ServerEnvironment ofThisProcess() {
        return new ServerEnvironment(
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                Path.of(System.getProperty(SKIPPED_PROPERTY, "target/" + SkipReport.DIRECTORY)));
    }

    /** What the user said about this kind: a path, {@code skip}, or nothing. */
    Optional<String> override(ServerKind kind) {
        return variable(kind.environmentVariable());
    }

    /** Directories to look for executables in: PATH, then /usr/sbin, where some distributions keep servers. */
    List<Path> searchPath() {
        return Stream.concat(
                        Arrays.stream(variable("PATH").orElse("").split(File.pathSeparator, -1)),
                        Stream.of("/usr/sbin"))
                .filter(directory -> !directory.isBlank())
                .map(Path::of)
                .toList();
    }

    /** Where unpacked servers are kept between builds. */
    Path cacheDirectory() {
        return variable("XDG_CACHE_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> home.resolve(".cache"))
                .resolve("muster");
    }

    boolean isRequired(String server) {
        return variable(REQUIRED_VARIABLE).stream()
                .flatMap(names -> Arrays.stream(names.split(",", -1)))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.equals("all") || name.equals(server));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }
}
