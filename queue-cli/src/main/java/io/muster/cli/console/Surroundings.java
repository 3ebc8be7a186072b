package io.muster.cli.console;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it. Handed in, so that tests can put something else there.
 *
 * @param environment variables
 * @param directory where relative files are looked for
 * @param project the checkout that is run, whose files are the default input
 * @param watchedLive whether standard error is a terminal, where a line can be drawn anew
 */
public record Surroundings(Map<String, String> environment, Path directory, Path project, boolean watchedLive) {
    private static final String PROJECT_PROPERTY = "muster.home";
    private static final String TERMINAL_PROPERTY = "muster.terminal";

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Those of this process. The launcher names the project, and says what Java cannot find out: whether there is a terminal. */
    public static Surroundings ofThisProcess() {
        Path directory = Path.of("").toAbsolutePath();
        String project = System.getProperty(PROJECT_PROPERTY);
        return new Surroundings(
                System.getenv(),
                directory,
                project == null ? directory : Path.of(project),
                Boolean.getBoolean(TERMINAL_PROPERTY));
    }
}
