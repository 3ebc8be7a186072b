package io.muster.servers;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One command to a Redis server or a Sentinel, over a new connection. */
final class RedisExchange {

    private static final String PONG = "+PONG";

    private RedisExchange() {}

    /**
     * The lines of the answer, as they come. The PING marks its end, since a Sentinel does not close when told to quit;
     * the QUIT does so while the server loads its data, when a PING is answered by an error.
     */
    static List<String> ask(int port, String secret, String command) throws IOException {
        String authentication = secret.isEmpty() ? "" : "AUTH \"" + secret + "\"\r\n";
        return TextExchange.lines(port, authentication + command + "\r\nPING\r\nQUIT\r\n", PONG);
    }

    static List<String> ask(LocalServer server, String command) throws IOException {
        return ask(server.port(), server.options().secret(), command);
    }

    /** As {@link #ask}, for what must not be refused. */
    static void tell(LocalServer server, String command) throws IOException {
        Optional<String> refusal = ask(server, command).stream()
                .filter(line -> line.startsWith("-"))
                .findFirst();
        if (refusal.isPresent()) {
            throw new IOException(server.port() + " refused: " + refusal.get());
        }
    }

    /** Whether it answers {@code command} with such a line; a server that does not answer says no. */
    static boolean says(LocalServer server, String command, String line) {
        try {
            return ask(server, command).contains(line);
        } catch (IOException silent) {
            return false;
        }
    }

    static boolean isReady(int port, String secret) throws IOException {
        return ask(port, secret, "PING").contains(PONG);
    }
}
