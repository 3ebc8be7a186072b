package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** One value in a server, written and read by the server's own protocol, each time over a new connection. */
interface StoredValue {

    String KEY = "muster-test";

    /** Limits of a client that must notice a frozen server soon. */
    int LIMIT_MILLIS = 2_000;

    void write(String text) throws Exception;

    String read() throws Exception;

    static StoredValue in(LocalServer server) {
        return switch (server.kind()) {
            case REDIS, VALKEY -> new InRedis(server);
            case ETCD -> new InEtcd(server);
            case CONSUL -> new InConsul(server);
            case ZOOKEEPER -> new InZooKeeper(server);
            case MARIADB, MYSQL ->
                new InDatabase("jdbc:mariadb://127.0.0.1:" + server.port()
                        + "/muster?user=root&connectTimeout=2000&socketTimeout=2000");
            case POSTGRES ->
                new InDatabase("jdbc:postgresql://127.0.0.1:" + server.port()
                        + "/postgres?user=postgres&connectTimeout=2&socketTimeout=2");
        };
    }

    record InRedis(LocalServer server) implements StoredValue {

        @Override
        public void write(String text) throws IOException {
            assertThat(ask("SET " + KEY + " \"" + text + "\"")).contains("+OK");
        }

        @Override
        public String read() throws IOException {
            return ask("GET " + KEY).get(1);
        }

        private List<String> ask(String command) throws IOException {
            return TextExchange.lines(server.port(), command + "\r\nQUIT\r\n", "");
        }
    }

    record InEtcd(LocalServer server) implements StoredValue {

        private static final Pattern VALUE = Pattern.compile("\"value\":\"([^\"]*)\"");

        @Override
        public void write(String text) throws IOException {
            post("/v3/kv/put", "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(base64(KEY), base64(text)));
        }

        @Override
        public String read() throws IOException {
            Matcher matcher = VALUE.matcher(post("/v3/kv/range", "{\"key\":\"%s\"}".formatted(base64(KEY))));
            assertThat(matcher.find()).isTrue();
            return new String(Base64.getDecoder().decode(matcher.group(1)), StandardCharsets.UTF_8);
        }

        private String post(String path, String body) throws IOException {
            return request(server, "POST", path, body);
        }

        private static String base64(String text) {
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    record InConsul(LocalServer server) implements StoredValue {

        @Override
        public void write(String text) throws IOException {
            assertThat(request(server, "PUT", "/v1/kv/" + KEY, text)).contains("true");
        }

        @Override
        public String read() throws IOException {
            return request(server, "GET", "/v1/kv/" + KEY + "?raw&consistent", "");
        }
    }

    /** In a table of one row. */
    record InDatabase(String url) implements StoredValue {

        @Override
        public void write(String text) throws SQLException {
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS muster_test (value VARCHAR(100))");
                statement.execute("DELETE FROM muster_test");
                statement.execute("INSERT INTO muster_test VALUES ('" + text + "')");
            }
        }

        @Override
        public String read() throws SQLException {
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT value FROM muster_test")) {
                assertThat(rows.next()).isTrue();
                return rows.getString(1);
            }
        }
    }

    record InZooKeeper(LocalServer server) implements StoredValue {

        @Override
        public void write(String text) throws Exception {
            byte[] data = text.getBytes(StandardCharsets.UTF_8);
            ZooKeeper client = connect();
            try {
                if (client.exists("/" + KEY, false) == null) {
                    client.create("/" + KEY, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                } else {
                    client.setData("/" + KEY, data, -1);
                }
            } finally {
                client.close();
            }
        }

        /** Asks for the status first, since the client would try again and again instead of giving up on a frozen server. */
        @Override
        public String read() throws Exception {
            assertThat(TextExchange.lines(server.port(), "srvr", "")).isNotEmpty();
            ZooKeeper client = connect();
            try {
                return new String(client.getData("/" + KEY, false, null), StandardCharsets.UTF_8);
            } finally {
                client.close();
            }
        }

        private ZooKeeper connect() throws IOException {
            return new ZooKeeper(server.host() + ":" + server.port(), LIMIT_MILLIS, event -> {});
        }
    }

    private static String request(LocalServer server, String method, String path, String body) throws IOException {
        URI uri = URI.create("http://" + server.host() + ":" + server.port() + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout(LIMIT_MILLIS);
        connection.setReadTimeout(LIMIT_MILLIS);
        if (!body.isEmpty()) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        try (var answer = connection.getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
