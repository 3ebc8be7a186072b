package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.memory.MemoryOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The variables {@code QUEUE_…} with their defaults: what connections are without settings of their own. C9 */
final class DriverVariables {
    static final String CONNECTION = "QUEUE_CONNECTION";
    private static final String PREFIX = "QUEUE_";
    private static final String FAILED_DRIVER = "QUEUE_FAILED_DRIVER";
    private static final String OWN = "connection";
    private static final String DATABASE_CONNECTION = "QUEUE_DATABASE_CONNECTION";
    private static final String DATABASE_TABLE = "QUEUE_DATABASE_TABLE";
    private static final String DATABASE_QUEUE = "QUEUE_DATABASE_QUEUE";
    private static final String REDIS_HOST = "QUEUE_REDIS_HOST";
    private static final String REDIS_PORT = "QUEUE_REDIS_PORT";
    private static final String REDIS_PASSWORD = "QUEUE_REDIS_PASSWORD";
    private static final String REDIS_DB = "QUEUE_REDIS_DB";
    private static final String KEYS = "QUEUE_KEYS";
    private static final String REDIS_QUEUE = "QUEUE_REDIS_QUEUE";
    private static final String DEFAULT_TABLE = "jobs";

    /** Names with defaults; an empty one is none. */
    private static final Map<String, String> DEFAULTS = defaults();

    private final Map<String, String> values;

    /** @throws ClusterConfigurationException a variable that begins with {@code QUEUE_} is unknown or invalid */
    DriverVariables(Map<String, String> environment) {
        Map<String, String> given = new LinkedHashMap<>(DEFAULTS);
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                if (!DEFAULTS.containsKey(name)) {
                    throw ClusterConfigurationException.unknownSetting(name, "the environment", DEFAULTS.keySet());
                }
                given.put(name, value.strip());
            }
        });
        this.values = Map.copyOf(given);
        whole(MemoryOptions.MAX_JOBS_SETTING, 1, Integer.MAX_VALUE);
        whole(REDIS_PORT, 1, 65_535);
        whole(REDIS_DB, 0, Integer.MAX_VALUE);
        String failed = value(FAILED_DRIVER).orElse(OWN);
        if (!failed.equals(OWN) && !failed.equals(Driver.NULL.word())) {
            throw new ClusterConfigurationException(FAILED_DRIVER + "=" + failed
                    + " is not there: failed jobs are kept by their own connection (" + OWN
                    + ", also if it is left out)"
                    + " or not at all (" + Driver.NULL.word() + ").");
        }
    }

    /** Whether connections keep their failed jobs. F1 */
    boolean keepsFailed() {
        return value(FAILED_DRIVER).orElse(OWN).equals(OWN);
    }

    /** Empty where none are given. J6 */
    Optional<EncryptionKeys> keys() {
        return value(KEYS).map(EncryptionKeys::parse);
    }

    Optional<String> connection() {
        return value(CONNECTION);
    }

    String queue(Driver driver) {
        return switch (driver) {
            case REDIS -> value(REDIS_QUEUE).orElse("default");
            case DATABASE -> value(DATABASE_QUEUE).orElse("default");
            case SYNC, NULL, MEMORY, CLUSTER -> "default";
        };
    }

    /** Without a name: each connection has a store of its own in this process. */
    String memory(String connection) {
        return "memory:" + encoded(connection) + "?maxJobs=" + values.get(MemoryOptions.MAX_JOBS_SETTING);
    }

    String redis() {
        String password =
                value(REDIS_PASSWORD).map(secret -> ":" + encoded(secret) + "@").orElse("");
        return "redis://" + password + values.get(REDIS_HOST) + ":" + values.get(REDIS_PORT) + "/"
                + values.get(REDIS_DB);
    }

    /** Name of the database among {@code muster.databases.NAME}. */
    String database() {
        return value(DATABASE_CONNECTION).orElse("default");
    }

    /** The address of a database with the table to use. */
    String withTable(String uri) {
        String table = value(DATABASE_TABLE).orElse(DEFAULT_TABLE);
        if (table.equals(DEFAULT_TABLE)) {
            return uri;
        }
        return uri + (uri.contains("?") ? "&" : "?") + "table=" + encoded(table);
    }

    /** Shows names only. */
    @Override
    public String toString() {
        return "DriverVariables" + values.keySet();
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    private void whole(String name, int least, int most) {
        String text = value(name).orElse("");
        boolean fits = text.matches("\\d{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most;
        if (!fits) {
            throw new ClusterConfigurationException(name + "=" + text + " is not a whole number of at least " + least
                    + (most == 65_535 ? " and at most 65535" : ""));
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put(CONNECTION, "");
        defaults.put(FAILED_DRIVER, "");
        defaults.put(MemoryOptions.MAX_JOBS_SETTING, Integer.toString(MemoryOptions.DEFAULT_MAX_JOBS));
        defaults.put(DATABASE_CONNECTION, "default");
        defaults.put(DATABASE_TABLE, DEFAULT_TABLE);
        defaults.put(DATABASE_QUEUE, "default");
        defaults.put(REDIS_HOST, "localhost");
        defaults.put(REDIS_PORT, "6379");
        defaults.put(REDIS_PASSWORD, "");
        defaults.put(REDIS_DB, "0");
        defaults.put(REDIS_QUEUE, "default");
        defaults.put(KEYS, "");
        return defaults;
    }
}
