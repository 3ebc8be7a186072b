package io.muster.servers;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Java program to run in a JVM of its own.
 *
 * @param classPath as after {@code -cp}; by default that of this JVM
 * @param environment variables added to those of this JVM
 * @param log the file to which all output is appended
 */
public record JavaCommand(
        String mainClass,
        List<String> arguments,
        String classPath,
        List<String> jvmOptions,
        Map<String, String> environment,
        Path log) {

    private static final Path NO_LOG = Path.of("/dev/null");

    public JavaCommand {
        requireNonNull(mainClass, "mainClass");
        arguments = List.copyOf(arguments);
        requireNonNull(classPath, "classPath");
        jvmOptions = List.copyOf(jvmOptions);
        environment = Map.copyOf(environment);
        requireNonNull(log, "log");
    }

    /** The program from the class path of this JVM, with no log. */
    public static JavaCommand of(String mainClass, String... arguments) {
        return new JavaCommand(mainClass, List.of(arguments), ownClassPath(), List.of(), Map.of(), NO_LOG);
    }

    public JavaCommand withClassPath(String newClassPath) {
        return new JavaCommand(mainClass, arguments, newClassPath, jvmOptions, environment, log);
    }

    public JavaCommand withJvmOptions(String... newJvmOptions) {
        return new JavaCommand(mainClass, arguments, classPath, List.of(newJvmOptions), environment, log);
    }

    /** Adds one variable to those given before. */
    public JavaCommand withEnvironment(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new JavaCommand(mainClass, arguments, classPath, jvmOptions, more, log);
    }

    public JavaCommand withLog(Path newLog) {
        return new JavaCommand(mainClass, arguments, classPath, jvmOptions, environment, newLog);
    }

    List<String> words(Path launcher) {
        List<String> words = new ArrayList<>(List.of(launcher.toString()));
        words.addAll(jvmOptions);
        words.addAll(List.of("-cp", classPath, mainClass));
        words.addAll(arguments);
        return words;
    }

    /** Absolute, since a child may run in another directory. */
    private static String ownClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((before, entry) -> before + File.pathSeparator + entry)
                .orElse("");
    }
}
