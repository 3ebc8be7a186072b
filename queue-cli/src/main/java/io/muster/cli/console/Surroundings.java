package io.muster.cli.console;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it. Handed in, so that tests can put something else there.
 *
 * @param environment variables
 * @param directory where relative files are looked for
 * @param project the checkout that is run, whose files are the default input
 */
public record Surroundings(Map<String, String> environment, Path directory, Path project) {
    private static final String PROJECT_PROPERTY = "muster.home";

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Those of this process. The launcher names the project. */
    public static Surroundings ofThisProcess() {
        Path directory = Path.of("").toAbsolutePath();
        String project = System.getProperty(PROJECT_PROPERTY);
        return new Surroundings(System.getenv(), directory, project == null ? directory : Path.of(project));
    }
}
