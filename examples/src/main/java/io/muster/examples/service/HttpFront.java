package io.muster.examples.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.muster.cluster.ClusterException;
import io.muster.examples.index.FileIndex;
import io.muster.examples.index.IndexFile;
import io.muster.queue.Queue;
import io.muster.queue.QueueException;
import io.muster.queue.QueueFigures;
import io.muster.queue.health.QueueHealth;
import io.muster.queue.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The service's HTTP side, on loopback; a few requests at once. */
final class HttpFront implements AutoCloseable {
    private static final int REQUESTS_AT_ONCE = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;

    /** What a request is answered with. */
    private record Answer(int status, Object body) {}

    /** Answers a request. */
    private interface Route {
        Answer answer(HttpExchange exchange);
    }

    private HttpFront(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Takes the port; requests wait until {@link #serve}. */
    static HttpFront bind(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        ExecutorService threads = Executors.newFixedThreadPool(REQUESTS_AT_ONCE);
        server.setExecutor(threads);
        return new HttpFront(server, threads);
    }

    void serve(Queue queue, IndexedFiles indexed) {
        route(server, "/index", exchange -> index(exchange, queue));
        route(server, "/indexed", exchange -> indexed(exchange, indexed));
        route(server, "/stats", exchange -> new Answer(200, QueueFigures.stats(queue.stats(), queue.nodes())));
        route(server, "/nodes", exchange -> new Answer(200, QueueFigures.nodes(queue.nodes())));
        route(server, "/health", exchange -> health(queue.health()));
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }

    /** For load balancers and people: 503 when it is critical. */
    private static Answer health(QueueHealth health) {
        return new Answer(health.status() == QueueHealth.Status.CRITICAL ? 503 : 200, health.figures());
    }

    private static Answer index(HttpExchange exchange, Queue queue) {
        if (!exchange.getRequestMethod().equals("POST")) {
            return new Answer(405, Map.of("error", "POST /index?path=FILE"));
        }
        Optional<String> path = parameter(exchange, "path");
        return path.map(file -> new Answer(202, Map.of("id", queue.push(new IndexFile(file, file)))))
                .orElseGet(() -> new Answer(400, Map.of("error", "Which file? POST /index?path=FILE")));
    }

    private static Answer indexed(HttpExchange exchange, IndexedFiles indexed) {
        Optional<FileIndex> index = parameter(exchange, "id").flatMap(indexed::find);
        return index.map(found -> new Answer(200, found))
                .orElseGet(() -> new Answer(404, Map.of("error", "Not indexed by this process")));
    }

    private static Optional<String> parameter(HttpExchange exchange, String name) {
        String query = exchange.getRequestURI().getRawQuery();
        if (query == null) {
            return Optional.empty();
        }
        for (String part : query.split("&", -1)) {
            if (part.startsWith(name + "=")) {
                return Optional.of(URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    private static void route(HttpServer server, String path, Route route) {
        server.createContext(path, exchange -> {
            try (exchange) {
                Answer answer;
                try {
                    answer = route.answer(exchange);
                } catch (ClusterException | StoreException | QueueException e) {
                    answer = new Answer(503, Map.of("error", String.valueOf(e.getMessage())));
                }
                byte[] body = JSON.writeValueAsBytes(answer.body());
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(answer.status(), body.length);
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        });
    }
}
