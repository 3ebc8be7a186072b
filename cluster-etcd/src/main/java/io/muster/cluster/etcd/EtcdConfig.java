package io.muster.cluster.etcd;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.time.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of an etcd cluster.
 *
 * @param endpoints {@code host:port} of each member, at least one; calls go to one of them and move on when it fails
 * @param credentials user and password; absent if the server does not ask for them
 * @param tls present if connections are encrypted
 * @param connectTimeout how long {@link #open} waits for an answer
 */
public record EtcdConfig(
        List<String> endpoints, Optional<Credentials> credentials, Optional<Tls> tls, Duration connectTimeout)
        implements BackendConfig {
    public static final int DEFAULT_PORT = 2379;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    public EtcdConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new ClusterConfigurationException("etcd needs at least one endpoint, such as localhost:2379");
        }
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new ClusterConfigurationException("connectTimeout must be positive, not " + connectTimeout);
        }
    }

    /** Plain connections without credentials. */
    public static EtcdConfig at(String... endpoints) {
        return new EtcdConfig(List.of(endpoints), Optional.empty(), Optional.empty(), DEFAULT_CONNECT_TIMEOUT);
    }

    public EtcdConfig withCredentials(String user, String password) {
        return new EtcdConfig(endpoints, Optional.of(new Credentials(user, password)), tls, connectTimeout);
    }

    public EtcdConfig withTls(Tls changed) {
        return new EtcdConfig(endpoints, credentials, Optional.of(changed), connectTimeout);
    }

    public EtcdConfig withConnectTimeout(Duration changed) {
        return new EtcdConfig(endpoints, credentials, tls, changed);
    }

    @Override
    public Backend open(String namespace, Timeline timeline) {
        return EtcdBackend.open(this, namespace, timeline);
    }

    /** Who asks. {@code toString} shows no password. */
    public record Credentials(String user, String password) {
        public Credentials {
            if (user.isEmpty() || password.isEmpty()) {
                throw new ClusterConfigurationException(
                        "etcd needs both user and password, as in etcd://user:password@host:2379");
            }
        }

        @Override
        public String toString() {
            return user + ":***";
        }
    }

    /**
     * Files in PEM form.
     *
     * @param ca whom to trust; absent means the JVM's own trust store
     * @param certificate what this client presents, with {@code key}; absent if the server does not ask for it
     * @param key private key of {@code certificate}, PKCS#8, not encrypted
     */
    public record Tls(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {
        public Tls {
            if (certificate.isPresent() != key.isPresent()) {
                throw new ClusterConfigurationException(
                        "For a client certificate etcd needs both settings: cert and key, files in PEM form");
            }
            ca.ifPresent(file -> readable("ca", file));
            certificate.ifPresent(file -> readable("cert", file));
            key.ifPresent(file -> readable("key", file));
        }

        /** Trusts whom the JVM trusts and presents no certificate. */
        public static Tls systemTrust() {
            return new Tls(Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** Trusts the authorities in {@code ca} and presents no certificate. */
        public static Tls trusting(Path ca) {
            return new Tls(Optional.of(ca), Optional.empty(), Optional.empty());
        }

        /** The same trust, presenting a certificate. */
        public Tls presenting(Path certificateFile, Path keyFile) {
            return new Tls(ca, Optional.of(certificateFile), Optional.of(keyFile));
        }

        private static void readable(String setting, Path file) {
            if (!Files.isReadable(file)) {
                throw new ClusterConfigurationException("The file of setting " + setting + " cannot be read: " + file
                        + ". Correct the path or its rights.");
            }
        }
    }
}
