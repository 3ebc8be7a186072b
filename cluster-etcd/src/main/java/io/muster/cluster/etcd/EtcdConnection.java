package io.muster.cluster.etcd;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.time.Ticker;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The client of one etcd member. Thread-safe. */
final class EtcdConnection {
    /** A batch of a watch can be large; beyond this the watch starts anew with a snapshot. */
    private static final int MOST_ANSWER_BYTES = 32 * 1024 * 1024;

    private static final Duration MOST_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** gRPC's least: a frozen member is noticed by its connection after this and the answer's timeout. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LEAST_AGE = Duration.ofMillis(200);

    private final EtcdConfig config;
    private final String endpoint;
    private final Ticker ticker;

    @GuardedBy("this")
    private @Nullable Client client;

    @GuardedBy("this")
    private long createdNanos;

    @GuardedBy("this")
    private boolean closed;

    EtcdConnection(EtcdConfig config, String endpoint, Ticker ticker) {
        this.config = config;
        this.endpoint = endpoint;
        this.ticker = ticker;
        this.client = build();
        this.createdNanos = ticker.nanos();
    }

    String endpoint() {
        return endpoint;
    }

    synchronized Client client() {
        Client present = client;
        if (present == null) {
            present = build();
            client = present;
            createdNanos = ticker.nanos();
            if (closed) {
                present.close();
            }
        }
        return present;
    }

    /**
     * Lets the next call connect at once. After a refused connection gRPC waits longer and longer, up to two minutes,
     * failing calls meanwhile although the server may be back.
     */
    void renew(Client failed) {
        synchronized (this) {
            if (!failed.equals(client) || ticker.nanos() - createdNanos < LEAST_AGE.toNanos()) {
                return;
            }
            client = null;
        }
        failed.close();
    }

    void close() {
        Client present;
        synchronized (this) {
            closed = true;
            present = client;
        }
        if (present != null) {
            present.close();
        }
    }

    private Client build() {
        try {
            ClientBuilder builder = Client.builder()
                    .endpoints(URI.create("http://" + endpoint))
                    .waitForReady(false)
                    .loadBalancerPolicy("pick_first")
                    .connectTimeout(
                            config.connectTimeout().compareTo(MOST_CONNECT_TIMEOUT) < 0
                                    ? config.connectTimeout()
                                    : MOST_CONNECT_TIMEOUT)
                    .keepaliveTime(KEEP_ALIVE)
                    .keepaliveTimeout(KEEP_ALIVE_TIMEOUT)
                    // An idle member answers pings by ending the connection; whoever calls it next has a deadline.
                    .keepaliveWithoutCalls(false)
                    .maxInboundMessageSize(MOST_ANSWER_BYTES)
                    .retryMaxAttempts(0);
            config.credentials().ifPresent(credentials -> builder.user(utf8(credentials.user()))
                    .password(utf8(credentials.password())));
            if (config.tls().isPresent()) {
                encrypt(builder, config.tls().get());
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigurationException(
                    "etcd endpoint " + endpoint + " is not usable: " + e.getMessage() + ". Write it as host:port", e);
        }
    }

    private static void encrypt(ClientBuilder builder, EtcdConfig.Tls tls) {
        try {
            builder.sslContext(context -> {
                tls.ca().map(Path::toFile).ifPresent(context::trustManager);
                if (tls.certificate().isPresent() && tls.key().isPresent()) {
                    File key = tls.key().get().toFile();
                    context.keyManager(tls.certificate().get().toFile(), key);
                }
            });
        } catch (SSLException | IllegalArgumentException e) {
            throw new ClusterConfigurationException(
                    "The TLS files of settings ca, cert and key are not usable: " + e.getMessage()
                            + ". They must be PEM, the key PKCS#8 without a password",
                    e);
        }
    }

    private static ByteSequence utf8(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
