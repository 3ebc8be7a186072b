package io.muster.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One question and one answer, over plain TCP or HTTP on loopback, with a time limit: enough to ask "are you there?". */
final class TextExchange {

    static final String LOOPBACK = "127.0.0.1";

    private static final int LIMIT_MILLIS = (int) Duration.ofSeconds(2).toMillis();

    /** An HTTP answer. */
    record Answer(int status, String body) {}

    private TextExchange() {}

    /** Sends the text and reads lines until the other side closes or has sent {@code last} as a whole line. */
    static List<String> lines(int port, String text, String last) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> lines = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.equals(last)) {
                    break;
                }
            }
            return lines;
        }
    }

    static Answer get(int port, String pathAndQuery, Map<String, String> headers) throws IOException {
        HttpURLConnection connection = connection(port, pathAndQuery);
        headers.forEach(connection::setRequestProperty);
        return answer(connection);
    }

    static Answer post(int port, String path, String body) throws IOException {
        HttpURLConnection connection = connection(port, path);
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        return answer(connection);
    }

    private static HttpURLConnection connection(int port, String pathAndQuery) throws IOException {
        URI uri = URI.create("http://" + LOOPBACK + ":" + port + pathAndQuery);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(LIMIT_MILLIS);
        connection.setReadTimeout(LIMIT_MILLIS);
        return connection;
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        try {
            int status = connection.getResponseCode();
            try (var body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Adds up the samples of a Prometheus text page whose name, the part before labels and value, matches. */
    static long sumOfSamples(String page, String namePattern) {
        return page.lines()
                .filter(line -> !line.startsWith("#") && line.matches(namePattern + "[ {].*"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
