package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.Connections;
import io.muster.queue.QueueSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Which cluster a command speaks to, and all other settings. An option beats the file named by {@code --config}, which beats the
 * environment ({@code MUSTER_CLUSTER}, {@code MUSTER_SESSION_TTL}…), which beats {@code muster.properties} in the current directory.
 * Where a connection is named, by option, {@code muster.connection} or {@code QUEUE_CONNECTION}, it says where its jobs are, as it does
 * for the service with the same settings and {@code QUEUE_…} variables. C9
 */
public final class ClusterOption {
    private static final String FILE = "muster.properties";

    private final Surroundings surroundings;

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
    private CommandSpec command;

    @Option(
            names = "--cluster",
            paramLabel = "URI",
            description = "The coordinator: redis://, etcd://, consul:// or zookeeper://HOST:PORT."
                    + " Default: MUSTER_CLUSTER, or muster.cluster in muster.properties.")
    private @Nullable String cluster;

    @Option(
            names = "--store",
            paramLabel = "URI",
            description =
                    "Where jobs are kept: redis://HOST:PORT or cluster:, the coordinator itself. Default: MUSTER_STORE,"
                            + " muster.store, else Redis if that is the coordinator, else the coordinator itself.")
    private @Nullable String store;

    @Option(
            names = "--connection",
            paramLabel = "NAME",
            description =
                    "One of the connections of the settings (muster.connections.NAME.driver…, QUEUE_REDIS_HOST…), or a driver's"
                            + " word. Default: muster.connection, or QUEUE_CONNECTION, or none.")
    private @Nullable String connection;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description =
                    "Keeps applications apart that share a coordinator. Default: MUSTER_NAMESPACE, muster.namespace,"
                            + " or \"muster\".")
    private @Nullable String namespace;

    @Option(names = "--config", paramLabel = "FILE", description = "A properties file instead of ./muster.properties.")
    private @Nullable Path config;

    ClusterOption(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * The settings that all these say together.
     *
     * @throws ParameterException none names a coordinator
     * @throws ClusterConfigurationException a setting is unknown or wrong
     */
    QueueSettings settings() {
        return settings(Optional.empty());
    }

    /** As {@link #settings()}, of another connection than the option says. */
    QueueSettings settings(Optional<String> other) {
        Optional<String> chosen = other.or(() -> Optional.ofNullable(connection));
        Map<String, String> text = new TreeMap<>();
        if (config == null) {
            Path found = surroundings.directory().resolve(FILE);
            if (Files.exists(found)) {
                text.putAll(read(found));
            }
        }
        QueueSettings.names()
                .forEach(
                        setting -> put(text, setting, surroundings.environment().get(variable(setting))));
        if (config != null) {
            text.putAll(read(surroundings.directory().resolve(config)));
        }
        put(text, "muster.cluster", cluster);
        put(text, "muster.store", store);
        put(text, "muster.namespace", namespace);
        boolean isConnection = chosen.isPresent()
                || text.containsKey("muster.connection")
                || !surroundings
                        .environment()
                        .getOrDefault("QUEUE_CONNECTION", "")
                        .isBlank();
        if (isConnection) {
            if (store != null) {
                throw new ParameterException(
                        command.commandLine(),
                        "A connection brings its own store: leave out --store or the connection");
            }
            return Connections.settings(text, surroundings.environment(), chosen);
        }
        if (!text.containsKey("muster.cluster")) {
            throw new ParameterException(
                    command.commandLine(),
                    "Which cluster? Give --cluster URI (such as redis://localhost:6379), set MUSTER_CLUSTER,"
                            + " write muster.cluster=URI into " + FILE + ", or name a --connection");
        }
        return QueueSettings.of(text);
    }

    /** What to call the connection, as far as the options say. */
    Optional<String> connectionName() {
        return Optional.ofNullable(connection);
    }

    /** The environment's name of a setting: {@code MUSTER_SESSION_TTL} for {@code muster.session-ttl}. C9 */
    private static String variable(String setting) {
        return setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static void put(Map<String, String> text, String setting, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            text.put(setting, value);
        }
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new ClusterConfigurationException(
                    "Cannot read the settings in " + file + " (" + e + "). Correct the path or the file.", e);
        }
        Map<String, String> text = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> text.put(name, properties.getProperty(name)));
        return text;
    }
}
