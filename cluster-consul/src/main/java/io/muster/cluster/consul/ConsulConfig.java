package io.muster.cluster.consul;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.time.Timeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One Consul agent and how to reach it. It should be the agent of the own machine: a session is bound to the agent that
 * opened it, so behind an address that leads to several agents sessions would end at random.
 *
 * <p>The token needs {@code key_prefix "<namespace>/" write}, {@code session_prefix "" write} and {@code service "muster"
 * write}.
 *
 * @param host name or address of the agent; IPv6 in brackets
 * @param port its HTTP or HTTPS port
 * @param tls whether to speak HTTPS, and whom to trust
 * @param token ACL token; sent as a header, never as part of an address
 * @param connectTimeout how long opening waits for an answer, and for servers that have no leader at that moment, and any call for a connection
 * @param datacenter refuses an agent of another datacenter; empty: the agent's own
 */
public record ConsulConfig(
        String host,
        int port,
        Optional<Tls> tls,
        Optional<String> token,
        Duration connectTimeout,
        Optional<String> datacenter)
        implements BackendConfig {
    public static final int DEFAULT_PORT = 8500;
    public static final int DEFAULT_TLS_PORT = 8501;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);

    public ConsulConfig {
        if (host.isBlank()) {
            throw new ClusterConfigurationException("A Consul address needs a host, such as consul://localhost:8500");
        }
        if (port < 1 || port > 65_535) {
            throw new ClusterConfigurationException("Port " + port + " is not between 1 and 65535");
        }
        if (connectTimeout.toMillis() < 1) {
            throw new ClusterConfigurationException("connectTimeout must be at least 1ms, not " + connectTimeout);
        }
    }

    /** Plain HTTP, no token, the agent's own datacenter. */
    public static ConsulConfig at(String host, int port) {
        return new ConsulConfig(
                host, port, Optional.empty(), Optional.empty(), DEFAULT_CONNECT_TIMEOUT, Optional.empty());
    }

    public ConsulConfig withTls(Tls changed) {
        return new ConsulConfig(host, port, Optional.of(changed), token, connectTimeout, datacenter);
    }

    public ConsulConfig withToken(String changed) {
        return new ConsulConfig(host, port, tls, Optional.of(changed), connectTimeout, datacenter);
    }

    public ConsulConfig withConnectTimeout(Duration changed) {
        return new ConsulConfig(host, port, tls, token, changed, datacenter);
    }

    public ConsulConfig withDatacenter(String changed) {
        return new ConsulConfig(host, port, tls, token, connectTimeout, Optional.of(changed));
    }

    @Override
    public Backend open(String namespace, Timeline timeline) {
        return ConsulBackend.open(this, namespace, timeline);
    }

    /** What errors call the agent. */
    String address() {
        return host + ":" + port;
    }

    @Override
    public String toString() {
        return "ConsulConfig[" + (tls.isPresent() ? "consuls://" : "consul://") + address()
                + (token.isPresent() ? ", token ***" : "") + ", connectTimeout " + connectTimeout
                + datacenter.map(name -> ", datacenter " + name).orElse("") + "]";
    }

    /**
     * HTTPS with certificate and host name checked.
     *
     * @param trustStore PKCS #12 or JKS file with the authorities to trust; empty: those of the JDK
     * @param password of the trust store
     */
    public record Tls(Optional<Path> trustStore, Optional<String> password) {
        /** Trusts what the JDK trusts. */
        public static Tls ofJdk() {
            return new Tls(Optional.empty(), Optional.empty());
        }

        @Override
        public String toString() {
            return "Tls[" + trustStore.map(Path::toString).orElse("trust store of the JDK") + "]";
        }
    }
}
