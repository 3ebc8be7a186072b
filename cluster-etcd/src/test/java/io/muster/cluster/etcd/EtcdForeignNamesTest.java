package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.testkit.ForeignNamesContract;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.opentest4j.TestAbortedException;

class EtcdForeignNamesTest extends ForeignNamesContract {
    private final LocalServer server =
            SharedServers.get(ServerKind.ETCD).orElseThrow(() -> new TestAbortedException("ETCD is missing"));

    @Override
    protected Backend open() {
        return EtcdConfig.at(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance());
    }

    @Override
    protected List<String> foreignNames() {
        return List.of("not a key", "u\u0308mlaut", "b/c", "b//c", "..");
    }

    /** By the server's own gateway. */
    @Override
    protected void putForeign(String name) throws Exception {
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
}
