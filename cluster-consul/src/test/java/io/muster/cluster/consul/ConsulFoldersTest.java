package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

/** What keeps watched directories from being empty: that it spares requests, that nobody sees it, and who removes it. */
@Timeout(120)
class ConsulFoldersTest {
    private static final String DIRECTORY = "quiet/one";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int WRITES = 40;

    private final LocalServer server =
            SharedServers.get(ServerKind.CONSUL).orElseThrow(() -> new TestAbortedException("CONSUL is missing"));
    private final String namespace = "folders-" + UUID.randomUUID();
    private final ConsulKeys keys = new ConsulKeys(namespace);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Backend writer = open(server.host(), server.port());
    private int written;

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void writesBesideAnEmptyDirectoryDoNotWakeItsWatch() {
        Watcher watcher = new Watcher();
        watcher.session();
        watcher.watch();

        await().atMost(PATIENCE).until(() -> watcher.asksDuringWrites() == 0);
    }

    @Test
    void oneKeyServesAllProcessesThatWatchTheDirectory() {
        Watcher one = new Watcher();
        Watcher two = new Watcher();
        List.of(one, two).forEach(watcher -> {
            watcher.session();
            watcher.watch();
        });

        await().atMost(PATIENCE).until(() -> one.asksDuringWrites() + two.asksDuringWrites() == 0);
    }

    @Test
    void aWatchOfADirectoryThatBecomesEmptyIsKeptQuietToo() {
        Watcher watcher = new Watcher();
        watcher.session();
        put("a");
        Seen seen = watcher.watch();
        await().atMost(PATIENCE).until(() -> seen.log.equals(List.of("[a]")));

        // What was deleted there keeps answers away for a while, but the server looks again at each write beside it.
        delete("a");

        awaitFolder();
        await().atMost(PATIENCE).until(() -> watcher.asksDuringWrites() == 0);
        assertThat(seen.log).containsExactly("[a]", "a gone");
    }

    @Test
    void itIsNoEntryOfTheDirectory() {
        Watcher watcher = new Watcher();
        watcher.session();
        Seen seen = watcher.watch();
        awaitFolder();
        Seen late = new Seen();
        watcher.backend.watch(DIRECTORY, late);

        assertThat(page(ListRequest.first(DIRECTORY, 10))).isEqualTo(new Listing(List.of(), false));
        assertThat(page(ListRequest.first(DIRECTORY, 10).namesOnly())).isEqualTo(new Listing(List.of(), false));
        put("a");
        await().atMost(PATIENCE).until(() -> seen.log.size() == 2);
        assertThat(names(ListRequest.first(DIRECTORY, 10))).containsExactly("a");
        assertThat(names(ListRequest.first(DIRECTORY, 1).namesOnly())).containsExactly("a");
        assertThat(page(ListRequest.first(DIRECTORY, 1)).more()).isFalse();
        delete("a");
        await().atMost(PATIENCE).until(() -> seen.log.size() == 3);
        await().atMost(PATIENCE).until(() -> late.log.size() == 3);

        assertThat(seen.log).containsExactly("[]", "a", "a gone");
        assertThat(late.log).containsExactly("[]", "a", "a gone");
        assertThat(folder()).isPresent();
    }

    @Test
    void itEndsWithItsSessionAndComesBackWithTheNext() {
        Watcher watcher = new Watcher();
        BackendSession session = watcher.session();
        Seen seen = watcher.watch();
        awaitFolder();

        session.end(soon());
        assertThat(folder()).isEmpty();
        watcher.session();
        put("a");
        await().atMost(PATIENCE).until(() -> seen.log.size() == 2);
        delete("a");

        awaitFolder();
        await().atMost(PATIENCE).until(() -> watcher.asksDuringWrites() == 0);
        assertThat(seen.log).containsExactly("[]", "a", "a gone");
    }

    @Test
    void whereItsSessionWasLostUnnoticedTheNextOneKeepsTheDirectory() throws Exception {
        Watcher watcher = new Watcher();
        BackendSession lost = watcher.session();
        watcher.watch();
        awaitFolder();

        require(request("/v1/session/destroy/" + lost.id()).PUT(HttpRequest.BodyPublishers.noBody()));
        await().atMost(PATIENCE).until(() -> {
            writeBeside();
            return folder().isEmpty();
        });
        Watcher other = new Watcher();
        other.session();
        other.watch();

        await().atMost(PATIENCE).until(() -> watcher.asksDuringWrites() + other.asksDuringWrites() == 0);
    }

    @Test
    void whoDeletesItDoesNoHarm() throws Exception {
        Watcher watcher = new Watcher();
        watcher.session();
        Seen seen = watcher.watch();
        awaitFolder();

        require(request("/v1/kv/" + keys.folder(DIRECTORY) + "?recurse").DELETE());

        awaitFolder();
        await().atMost(PATIENCE).until(() -> watcher.asksDuringWrites() == 0);
        put("a");
        await().atMost(PATIENCE).until(() -> seen.log.equals(List.of("[]", "a")));
    }

    @Test
    void itGoesWithTheLastWatchOfItsProcessAndAnotherProcessMakesItsOwn() throws Exception {
        Watcher one = new Watcher();
        one.session();
        Subscription watch = one.backend.watch(DIRECTORY, new Seen());
        awaitFolder();

        watch.close();
        await().atMost(PATIENCE).until(() -> folder().isEmpty());

        Watcher two = new Watcher();
        BackendSession session = two.session();
        two.watch();
        awaitFolder();
        assertThat(folder()).hasValueSatisfying(body -> assertThat(body).contains(session.id()));
    }

    @Test
    void whoStopsWatchingLeavesTheKeyOfAnotherProcess() {
        Watcher one = new Watcher();
        one.session();
        Subscription watch = one.backend.watch(DIRECTORY, new Seen());
        awaitFolder();
        BackendSession other = new Watcher().session();
        require(request("/v1/kv/" + keys.folder(DIRECTORY)).DELETE());
        require(request("/v1/kv/" + keys.folder(DIRECTORY) + "?acquire=" + other.id())
                .PUT(HttpRequest.BodyPublishers.noBody()));

        watch.close();

        await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> folder().isPresent());
    }

    @Test
    void withoutASessionNothingIsWritten() {
        Watcher watcher = new Watcher();
        Seen seen = watcher.watch();
        await().atMost(PATIENCE).until(() -> seen.log.equals(List.of("[]")));
        Deadline longEnough =
                Deadline.after(Duration.ofSeconds(2), SystemTimeline.instance().ticker());

        await().atMost(PATIENCE).until(() -> {
            writeBeside();
            return longEnough.expired();
        });

        assertThat(folder()).isEmpty();
        put("a");
        await().atMost(PATIENCE).until(() -> seen.log.equals(List.of("[]", "a")));
    }

    @Test
    void whoMayNotWriteItTriesOnlyOnce() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        opened.push(() -> refusing.stop(0));
        refusing.createContext("/", exchange -> {
            asked.incrementAndGet();
            byte[] answer =
                    "{\"Errors\":[{\"OpIndex\":0,\"What\":\"Permission denied\"}]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(409, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        refusing.start();
        ConsulFolders folders = new ConsulFolders(keys, () -> Optional.of("session"));

        try (ConsulHttp http = http("127.0.0.1", refusing.getAddress().getPort())) {
            assertThat(folders.make(DIRECTORY, http, soon())).isEmpty();
            assertThat(folders.make(DIRECTORY, http, soon())).isEmpty();
        }

        assertThat(asked).hasValue(1);
    }

    /** A process that watches, through a line on which its requests can be counted. */
    private final class Watcher {
        private final TcpProxy proxy = TcpProxy.to(server);
        private final Backend backend;

        Watcher() {
            opened.push(proxy);
            backend = open(proxy.host(), proxy.port());
        }

        /** For longer than the test. */
        BackendSession session() {
            return backend.openSession(PATIENCE.multipliedBy(6), soon());
        }

        Seen watch() {
            Seen seen = new Seen();
            backend.watch(DIRECTORY, seen);
            return seen;
        }

        /** How many requests it sends while others write elsewhere. */
        long asksDuringWrites() {
            long before = proxy.traffic().bytesToServer();
            for (int i = 0; i < WRITES; i++) {
                writeBeside();
            }
            long bytes = proxy.traffic().bytesToServer() - before;
            long shortest = ("GET /v1/kv/" + keys.prefix(DIRECTORY) + "?recurse&consistent HTTP/1.1").length();
            return (bytes + 3 * shortest - 1) / (3 * shortest);
        }
    }

    private Backend open(String host, int port) {
        Backend backend = ConsulConfig.at(host, port).open(namespace, SystemTimeline.instance());
        opened.push(backend);
        return backend;
    }

    private static ConsulHttp http(String host, int port) {
        ConsulConfig config = ConsulConfig.at(host, port);
        return new ConsulHttp(
                config, new ConsulErrors("here"), 1, SystemTimeline.instance().loop("cut-offs"));
    }

    private void awaitFolder() {
        await().atMost(PATIENCE).until(() -> {
            writeBeside();
            return folder().isPresent();
        });
    }

    /** As Consul shows it. */
    private Optional<String> folder() {
        HttpResponse<String> answer = send(request("/v1/kv/" + keys.folder(DIRECTORY) + "?consistent"));
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(answer.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + server.host() + ":" + server.port() + path));
    }

    private void require(HttpRequest.Builder request) {
        HttpResponse<String> answer = send(request);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void writeBeside() {
        commit(Write.put(new Key("beside", "k" + written++ % 10), new byte[1]));
    }

    private void put(String name) {
        commit(Write.put(new Key(DIRECTORY, name), new byte[1]));
    }

    private void delete(String name) {
        commit(Write.delete(new Key(DIRECTORY, name)));
    }

    private void commit(Write write) {
        assertThat(writer.commit(Transaction.builder().write(write).build(), soon()))
                .isInstanceOf(CommitResult.Committed.class);
    }

    private Listing page(ListRequest request) {
        return writer.list(request, soon());
    }

    private List<String> names(ListRequest request) {
        return page(request).entries().stream().map(entry -> entry.key().name()).toList();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), SystemTimeline.instance().ticker());
    }

    private static final class Seen implements WatchListener {
        private final List<String> log = new CopyOnWriteArrayList<>();

        @Override
        public void onSnapshot(List<Entry> children) {
            log.add(children.stream().map(child -> child.key().name()).toList().toString());
        }

        @Override
        public void onChanges(List<Change> changes) {
            changes.forEach(
                    change -> log.add(change.key().name() + (change.entry().isPresent() ? "" : " gone")));
        }
    }
}
