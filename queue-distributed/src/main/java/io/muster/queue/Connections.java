package io.muster.queue;

import static java.util.Objects.requireNonNull;

import io.muster.cluster.ClusterConfigurationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Several named connections of one process, one of them the default: each has a driver and a default queue, and any number of
 * queues.
 *
 * <pre>{@code
 * muster.cluster                     = etcd://localhost:2379
 * muster.connection                  = orders
 * muster.connections.orders.driver   = cluster
 * muster.connections.reports.driver  = redis
 * muster.connections.reports.store   = redis://localhost:6379
 * muster.connections.reports.queue   = nightly
 * }</pre>
 *
 * <pre>{@code
 * try (Connections connections = Connections.of(properties, System.getenv())
 *         .handle("send-mail", SendMail.class, (mail, context) -> mailer.send(mail))
 *         .type("report", Report.class)
 *         .work("orders", PoolOptions.of("default").withConcurrency(4))
 *         .open()) {
 *     connections.push(new SendMail("ada@example.org"));
 *     connections.on("reports").push(new Report(7));
 * }
 * }</pre>
 *
 * <p>{@code sync} and {@code null} are always there. A connection that keeps jobs has a namespace of its own at its coordinator, {@code
 * NAMESPACE.NAME} unless set: give a connection the same name in all processes. Thread-safe. Q1, Q2
 */
public final class Connections implements AutoCloseable {
    private final String defaultName;
    private final Map<String, Connection> connections = new LinkedHashMap<>();

    Connections(String defaultName) {
        this.defaultName = defaultName;
    }

    /** Begins with settings from properties alone. */
    public static ConnectionsBuilder of(Map<String, String> properties) {
        return of(properties, Map.of());
    }

    /**
     * Begins with settings from properties and, for what they leave open, the variables {@code QUEUE_…} of an environment, which an
     * entry point hands in. C9
     *
     * @throws io.muster.cluster.ClusterConfigurationException a setting is unknown or invalid
     */
    public static ConnectionsBuilder of(Map<String, String> properties, Map<String, String> environment) {
        return new ConnectionsBuilder(ConnectionsText.read(properties, environment));
    }

    /** As {@link #of(Map, Map)}. */
    public static ConnectionsBuilder of(Properties properties, Map<String, String> environment) {
        Map<String, String> text = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> text.put(name, properties.getProperty(name)));
        return of(text, environment);
    }

    /**
     * What a process that only looks, or works with a {@link Queue} of its own, needs to find the jobs of one connection: its
     * coordinator, store and namespace.
     *
     * @param name of the connection; empty: the default one
     * @throws io.muster.cluster.ClusterConfigurationException a setting is unknown or invalid, there is no such connection, or
     *     its driver keeps no jobs
     */
    public static QueueSettings settings(
            Map<String, String> properties, Map<String, String> environment, Optional<String> name) {
        Map<String, String> chosen = new TreeMap<>(properties);
        name.ifPresent(each -> chosen.put(ConnectionsText.DEFAULT, each));
        ConnectionsText.Read read = ConnectionsText.read(chosen, environment);
        ConnectionSettings settings = requireNonNull(read.connections().get(read.defaultName()));
        if (!settings.driver().keepsJobs()) {
            throw new ClusterConfigurationException("Connection \"" + settings.name() + "\" has the driver "
                    + settings.driver().word()
                    + ", which keeps no jobs: there is nothing to look at. Name another connection.");
        }
        return settings.node();
    }

    /** The default connection: {@code muster.connection}, else {@code QUEUE_CONNECTION}, else the only configured one, else {@code sync}. */
    public Connection defaultConnection() {
        return on(defaultName);
    }

    /**
     * A connection by its name.
     *
     * @throws IllegalArgumentException there is none of that name
     */
    public Connection on(String name) {
        Connection connection = connections.get(name);
        if (connection == null) {
            throw new IllegalArgumentException(
                    "No connection \"" + name + "\"; there are " + String.join(", ", connections.keySet()));
        }
        return connection;
    }

    public Set<String> names() {
        return Set.copyOf(connections.keySet());
    }

    /** Pushes a job to the default queue of the default connection; answers its id. */
    public String push(Object job) {
        return defaultConnection().push(job);
    }

    /** A job with options of its own, to be dispatched on the default connection. */
    public Dispatch job(Object job) {
        return defaultConnection().job(job);
    }

    /** Ends this process's part on every connection; see {@link Queue#close}. Idempotent. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (Connection connection : List.copyOf(connections.values())) {
            try {
                connection.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    void add(Connection connection) {
        connections.put(connection.name(), connection);
    }
}
