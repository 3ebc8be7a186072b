package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The config word for what keeps a connection's jobs. Q2 */
public enum Driver {
    /** Nothing: a job runs in the caller when it is pushed. */
    SYNC,
    /** Nothing: jobs are accepted and dropped. */
    NULL,
    /** This process, bounded. */
    MEMORY,
    /** The coordinator itself. */
    CLUSTER,
    REDIS,
    /** A SQL database. */
    DATABASE;

    /** As in settings, lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Driver parse(String setting, String word) {
        return Arrays.stream(values())
                .filter(driver -> driver.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> ClusterConfigurationException.unknownSetting(word, setting, words()));
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Driver::word).toList();
    }

    boolean keepsJobs() {
        return this != SYNC && this != NULL;
    }
}
