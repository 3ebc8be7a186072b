package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.LocalServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Gives users of a server rights that do not suffice, in the server's own language. */
final class Administrator {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final LocalServer server;
    private final String secret;

    private Administrator(LocalServer server, String secret) {
        this.server = server;
        this.secret = secret;
    }

    static Administrator ofRedis(LocalServer server, String password) {
        return new Administrator(server, password);
    }

    static Administrator ofConsul(LocalServer server, String managementToken) {
        return new Administrator(server, managementToken);
    }

    static Administrator ofEtcd(LocalServer server) {
        return new Administrator(server, "");
    }

    /** A user of Redis who may do everything, but only with keys of others. */
    void addUser(String name, String password) throws IOException {
        try (Socket socket = new Socket(server.host(), server.port());
                Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            out.write("AUTH " + secret + "\r\nACL SETUSER " + name + " on >" + password + " ~others:* &* +@all\r\n");
            out.flush();
            assertThat(in.readLine()).isEqualTo("+OK");
            assertThat(in.readLine()).isEqualTo("+OK");
        }
    }

    /** A token of Consul without any policy. */
    void addToken(String token) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(at("/v1/acl/token"))
                .header("X-Consul-Token", secret)
                .PUT(HttpRequest.BodyPublishers.ofString("{\"SecretID\": \"" + token + "\"}")));
    }

    /** From now on etcd asks for a user; this one may read and write what begins with {@code others/}. */
    void requireUsers(String name, String password) throws IOException, InterruptedException {
        tellEtcd("user/add", "{\"name\": \"root\", \"password\": \"root\"}");
        tellEtcd("role/add", "{\"name\": \"root\"}");
        tellEtcd("user/grant", "{\"user\": \"root\", \"role\": \"root\"}");
        tellEtcd("user/add", "{\"name\": \"" + name + "\", \"password\": \"" + password + "\"}");
        tellEtcd("role/add", "{\"name\": \"others\"}");
        tellEtcd("user/grant", "{\"user\": \"" + name + "\", \"role\": \"others\"}");
        tellEtcd(
                "role/grant",
                "{\"name\": \"others\", \"perm\": {\"permType\": \"READWRITE\", \"key\": \"" + encoded("others/")
                        + "\", \"range_end\": \"" + encoded("others0") + "\"}}");
        tellEtcd("enable", "{}");
    }

    private void tellEtcd(String what, String body) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(at("/v3/auth/" + what)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private URI at(String path) {
        return URI.create("http://" + server.host() + ":" + server.port() + path);
    }

    private static void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
