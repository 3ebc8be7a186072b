package io.muster.queue.jdbc;

import io.muster.cluster.ClusterConfigurationException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Names of the tables: {@code {jobs}} in a statement is the jobs' table, {@code {pools}} the same name and {@code _pools}. */
final class Tables {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,39}");
    private static final Pattern PLACE = Pattern.compile("\\{([a-z_]+)\\}");

    private final String jobs;
    private final Map<String, String> statements = new ConcurrentHashMap<>();

    /** {@code jobs} is the name of the jobs' table. */
    Tables(String jobs) {
        if (!NAME.matcher(jobs).matches()) {
            throw new ClusterConfigurationException(
                    "A table's name has at most 40 of a-z 0-9 _ and begins with no digit, not \"" + jobs
                            + "\". Correct the namespace or the setting table.");
        }
        this.jobs = jobs;
    }

    /** The tables of a namespace: other characters of it than a table's name may have become {@code _}. */
    static Tables of(String namespace, String table) {
        String first = namespace.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return new Tables((first.isEmpty() ? "" : first + "_") + table);
    }

    String jobs() {
        return jobs;
    }

    /** The statement with the tables' names in it. */
    String in(String statement) {
        return statements.computeIfAbsent(statement, this::named);
    }

    private String named(String statement) {
        return PLACE.matcher(statement)
                .replaceAll(place -> place.group(1).equals("jobs") ? jobs : jobs + "_" + place.group(1));
    }
}
