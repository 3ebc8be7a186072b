package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.spi.Backend;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others put into a directory of the namespace, under names that are no keys of ours, is skipped; all else is there. */
class EtcdForeignNamesTest {
    private static final String DIRECTORY = "jobs/high";
    private static final List<String> FOREIGN = List.of("not a key", "u\u0308mlaut", "b/c", "b//c", "..");

    private final String namespace = "foreign-" + UUID.randomUUID();
    private LocalServer server;
    private Backend backend;

    @BeforeEach
    void open() {
        Optional<LocalServer> found = SharedServers.get(ServerKind.ETCD);
        Assumptions.assumeTrue(found.isPresent(), "ETCD is missing");
        server = found.get();
        backend = EtcdConfig.at(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance());
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void theyCostNothingElse() throws Exception {
        put("a");
        Seen seen = new Seen();
        backend.watch(DIRECTORY, seen);
        await().atMost(Duration.ofSeconds(20)).until(() -> seen.names.contains("a"));
        for (String name : FOREIGN) {
            putForeign(name);
        }
        put("z");

        await().atMost(Duration.ofSeconds(20)).until(() -> seen.names.contains("z"));
        Seen later = new Seen();
        backend.watch(DIRECTORY, later);
        await().atMost(Duration.ofSeconds(20)).until(() -> later.names.contains("z"));

        assertThat(later.names).containsExactlyInAnyOrder("a", "z");
        assertThat(seen.names).containsExactlyInAnyOrder("a", "z");
        for (int page : List.of(1, 2, 100)) {
            assertThat(names(ListRequest.first(DIRECTORY, page))).containsExactly("a", "z");
            assertThat(names(ListRequest.first(DIRECTORY, page).namesOnly())).containsExactly("a", "z");
        }
        assertThat(backend.read(new Key(DIRECTORY, "z"), soon())).isPresent();
    }

    /** By the server's own gateway. */
    private void putForeign(String name) throws Exception {
        String key = "/" + namespace + "/" + DIRECTORY + "//" + name;
        String body = "{\"key\":\"" + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8))
                + "\",\"value\":\"AAAA\"}";
        require(HttpRequest.newBuilder(URI.create("http://" + server.host() + ":" + server.port() + "/v3/kv/put"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static void require(HttpRequest request) throws Exception {
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        assertThat(status).isEqualTo(200);
    }

    private List<String> names(ListRequest first) {
        List<String> names = new ArrayList<>();
        ListRequest request = first;
        while (true) {
            Listing page = backend.list(request, soon());
            page.entries().forEach(entry -> names.add(entry.key().name()));
            if (!page.more()) {
                return names;
            }
            request = request.after(names.get(names.size() - 1));
        }
    }

    private void put(String name) {
        backend.commit(
                Transaction.builder()
                        .write(Write.put(new Key(DIRECTORY, name), new byte[] {1}))
                        .build(),
                soon());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), SystemTimeline.instance().ticker());
    }

    private static final class Seen implements WatchListener {
        private final Set<String> names = ConcurrentHashMap.newKeySet();

        @Override
        public void onSnapshot(List<Entry> children) {
            children.forEach(entry -> names.add(entry.key().name()));
        }

        @Override
        public void onChanges(List<Change> changes) {
            changes.forEach(change -> names.add(change.key().name()));
        }
    }
}
