package io.muster.cluster.consul;

import com.ecwid.consul.transport.HttpResponse;
import com.ecwid.consul.transport.TransportException;
import com.ecwid.consul.v1.ConsulRawClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.consul.ConsulErrors.Effect;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.ResponseHandler;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.config.ConnectionConfig;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.ManagedHttpClientConnection;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.DefaultManagedHttpClientConnection;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.message.BasicHeader;
import org.apache.http.protocol.HttpContext;

/**
 * Calls of one kind, over connections of their own: so that commands do not delay session renewals, and that a blocked
 * watch is ended by closing what it waits on (the client ignores interrupts).
 *
 * <p>consul-api waits ten minutes for an answer and repeats what fails; every call here is given what is left of its
 * deadline as timeout and is cut off at the deadline, and no write is repeated. Thread-safe.
 */
final class ConsulHttp implements AutoCloseable {
    private static final Duration CUT_OFF_AFTER = Duration.ofMillis(10);
    /** A restarted server closed it: better known before a write goes out on it than after. */
    private static final int CHECK_AFTER_IDLE_MILLIS = 200;

    private static final int BUFFER_BYTES = 8 * 1024;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ConsulConfig config;
    private final ConsulErrors errors;
    private final Loop cutOffs;
    private final CloseableHttpClient client;

    /**
     * @param connections most connections at once
     * @param cutOffs where overdue calls are cut off; the caller's to close
     */
    ConsulHttp(ConsulConfig config, ConsulErrors errors, int connections, Loop cutOffs) {
        this.config = config;
        this.errors = errors;
        this.cutOffs = cutOffs;
        this.client = client(config, connections);
    }

    /** @param index the state that the answer shows, 0 if it does not say */
    record Reply(int status, String body, long index) {}

    ConsulErrors errors() {
        return errors;
    }

    /** Calls without effect are made once more if their connection breaks: it may have been a server that restarted. */
    Reply get(String path, Deadline deadline) {
        return call(raw -> raw.makeGetRequest(path), Effect.NONE, deadline);
    }

    /** Secrets and keys stand in {@code body}, never in {@code path}. */
    Reply put(String path, String body, Effect effect, Deadline deadline) {
        return call(raw -> raw.makePutRequest(path, body), effect, deadline);
    }

    /** As {@link #put}, of what succeeds with status 200 only. */
    Reply putSuccessfully(String path, String body, Effect effect, Deadline deadline) {
        Reply reply = put(path, body, effect, deadline);
        if (reply.status() != 200) {
            throw errors.refused(reply.status(), reply.body(), effect);
        }
        return reply;
    }

    /** The path with the configured datacenter; for what the agent forwards to servers. */
    String inDatacenter(String path) {
        return config.datacenter()
                .map(name -> path
                        + (path.indexOf('?') < 0 ? "?dc=" : "&dc=")
                        + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .orElse(path);
    }

    JsonNode json(Reply reply) {
        try {
            return JSON.readTree(reply.body());
        } catch (JsonProcessingException e) {
            throw errors.unreadable(e);
        }
    }

    /** Ends the calls under way. Idempotent. */
    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw errors.unanswered(e, Effect.NONE);
        }
    }

    private Reply call(Function<ConsulRawClient, HttpResponse> call, Effect effect, Deadline deadline) {
        try {
            return attempt(call, deadline);
        } catch (IOException e) {
            if (effect == Effect.WRITE || !ConsulErrors.brokeOff(e)) {
                throw errors.unanswered(e, effect);
            }
        }
        try {
            return attempt(call, deadline);
        } catch (IOException e) {
            throw errors.unanswered(e, effect);
        }
    }

    private Reply attempt(Function<ConsulRawClient, HttpResponse> call, Deadline deadline) throws IOException {
        if (deadline.expired()) {
            throw errors.tooLate();
        }
        String host = (config.tls().isPresent() ? "https://" : "http://") + config.host();
        try {
            HttpResponse response =
                    call.apply(new ConsulRawClient(host, config.port(), new BoundedClient(client, deadline)));
            String body = response.getContent();
            Long index = response.getConsulIndex();
            return new Reply(response.getStatusCode(), body == null ? "" : body, index == null ? 0 : index);
        } catch (TransportException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        } catch (IllegalStateException closed) {
            throw errors.closed(closed);
        }
    }

    private static CloseableHttpClient client(ConsulConfig config, int connections) {
        SSLConnectionSocketFactory https = config.tls()
                .map(tls -> new SSLConnectionSocketFactory(context(tls)))
                .orElseGet(SSLConnectionSocketFactory::getSocketFactory);
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager(
                RegistryBuilder.<ConnectionSocketFactory>create()
                        .register("http", PlainConnectionSocketFactory.getSocketFactory())
                        .register("https", https)
                        .build(),
                ConsulHttp::connection);
        pool.setDefaultMaxPerRoute(connections);
        pool.setMaxTotal(connections);
        pool.setValidateAfterInactivity(CHECK_AFTER_IDLE_MILLIS);
        HttpClientBuilder builder = HttpClients.custom()
                .setConnectionManager(pool)
                .disableAutomaticRetries()
                .disableContentCompression() // Costs an agent more than it saves anybody who is near it.
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching();
        config.token().ifPresent(token -> builder.setDefaultHeaders(List.of(new BasicHeader("X-Consul-Token", token))));
        return builder.build();
    }

    /** Closing a TLS connection waits for the other side's farewell for as long as any read may last: a silent server would double the time of a call. */
    private static ManagedHttpClientConnection connection(HttpRoute route, ConnectionConfig unused) {
        return new DefaultManagedHttpClientConnection(route.getTargetHost().toHostString(), BUFFER_BYTES) {
            @Override
            public void close() throws IOException {
                setSocketTimeout(1);
                super.close();
            }

            @Override
            public void shutdown() throws IOException {
                setSocketTimeout(1);
                super.shutdown();
            }
        };
    }

    private static SSLContext context(ConsulConfig.Tls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            if (tls.trustStore().isPresent()) {
                char[] password = tls.password().map(String::toCharArray).orElse(null);
                trust.init(KeyStore.getInstance(tls.trustStore().get().toFile(), password));
            } else {
                trust.init((KeyStore) null);
            }
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ClusterConfigurationException(
                    "The trust store " + tls + " cannot be read: " + e.getMessage()
                            + ". Check trustStore, trustStorePassword",
                    e);
        }
    }

    /** Hands one call's deadline to a client that knows timeouts per read only. */
    private final class BoundedClient extends CloseableHttpClient {
        private final CloseableHttpClient delegate;
        private final Deadline deadline;

        BoundedClient(CloseableHttpClient delegate, Deadline deadline) {
            this.delegate = delegate;
            this.deadline = deadline;
        }

        @Override
        public <T> T execute(HttpUriRequest request, ResponseHandler<? extends T> handler) throws IOException {
            Duration left = deadline.remaining();
            if (request instanceof HttpRequestBase bounded) {
                bounded.setConfig(timeouts(left));
            }
            Loop.Timer cutOff = cutOffs.schedule(left.plus(CUT_OFF_AFTER), request::abort);
            try {
                return delegate.execute(request, handler);
            } finally {
                cutOff.cancel();
            }
        }

        @Override
        protected CloseableHttpResponse doExecute(HttpHost target, HttpRequest request, HttpContext context)
                throws IOException {
            return delegate.execute(target, request, context);
        }

        /** Zero would mean without end. */
        private RequestConfig timeouts(Duration left) {
            int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, left.toMillis()));
            int connect = (int) Math.min(millis, config.connectTimeout().toMillis());
            return RequestConfig.custom()
                    .setConnectionRequestTimeout(millis)
                    .setConnectTimeout(connect)
                    .setSocketTimeout(millis)
                    .setNormalizeUri(false)
                    .build();
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("A call does not own its connections");
        }

        @Override
        @Deprecated
        public org.apache.http.params.HttpParams getParams() {
            throw new UnsupportedOperationException("Given by the request");
        }

        @Override
        @Deprecated
        public org.apache.http.conn.ClientConnectionManager getConnectionManager() {
            throw new UnsupportedOperationException("A call does not own its connections");
        }
    }
}
