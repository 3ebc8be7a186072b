package io.muster.cluster.consul;

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
import java.util.List;
import org.opentest4j.TestAbortedException;

class ConsulForeignNamesTest extends ForeignNamesContract {
    private final LocalServer server =
            SharedServers.get(ServerKind.CONSUL).orElseThrow(() -> new TestAbortedException("CONSUL is missing"));

    @Override
    protected Backend open() {
        return ConsulConfig.at(server.host(), server.port()).open(namespace, SystemTimeline.instance());
    }

    @Override
    protected List<String> foreignNames() {
        return List.of("", "not%20a%20key", "u%CC%88mlaut", "b/c");
    }

    /** Percent-encoded, as in an address. */
    @Override
    protected void putForeign(String name) throws Exception {
        String path = "/v1/kv/" + namespace + "/" + DIRECTORY.replace('/', ':') + "/" + name;
        require(HttpRequest.newBuilder(URI.create("http://" + server.host() + ":" + server.port() + path))
                .PUT(HttpRequest.BodyPublishers.ofString("x"))
                .build());
    }

    private static void require(HttpRequest request) throws Exception {
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        assertThat(status).isEqualTo(200);
    }
}
