package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A user of a Redis server who may not do everything. */
public final class RedisUsers {
    /** Its name; its password is {@link TestSecrets#PASSWORD}. */
    public static final String RESTRICTED = "app";

    private RedisUsers() {}

    /**
     * Makes {@link #RESTRICTED} a user who may do what these rules say and nothing else, whoever it was before.
     *
     * @param rules as of {@code ACL SETUSER}, with spaces between them
     */
    public static void restrict(LocalServer server, String rules) {
        try {
            RedisExchange.tell(
                    server,
                    "ACL SETUSER " + RESTRICTED + " reset resetchannels on >" + TestSecrets.PASSWORD + " " + rules);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where {@link #RESTRICTED} finds the server. */
    public static String uri(LocalServer server) {
        return "redis://" + RESTRICTED + ":" + TestSecrets.PASSWORD + "@" + server.host() + ":" + server.port();
    }
}
