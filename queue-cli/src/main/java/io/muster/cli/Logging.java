package io.muster.cli;

import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;

/** What is logged to standard error: by default next to nothing, since commands say themselves what matters. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";
    private static final Map<String, String> QUIET = Map.of("defaultLogLevel", "off");
    /** A node runs for long and is watched by people. */
    private static final Map<String, String> NODE =
            Map.of("defaultLogLevel", "off", "log.io.muster", "info", "log.io.muster.servers", "warn");

    private static final Map<String, String> VERBOSE = Map.of("defaultLogLevel", "warn", "log.io.muster", "info");

    private Logging() {}

    /** Before the first logger is made. What was set with {@code -D} stays. */
    static void configure(String[] args) {
        List<String> words = List.of(args);
        boolean verbose = words.contains("-v") || words.contains("--verbose");
        Map<String, String> levels = verbose ? VERBOSE : words.contains("node") ? NODE : QUIET;
        levels.forEach(Logging::set);
        if (!verbose) {
            LogManager.getLogManager().reset(); // gRPC logs to the JDK's own loggers
        }
        set("showDateTime", "true");
        set("dateTimeFormat", "HH:mm:ss.SSS");
        set("showThreadName", "false");
        set("showShortLogName", "true");
    }

    private static void set(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }
}
