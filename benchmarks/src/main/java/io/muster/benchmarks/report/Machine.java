package io.muster.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** On what was measured, and how busy it was with other things. */
public record Machine(String processor, int cores, String memory, String system, String java, String load) {
    /** This machine at this moment. */
    public static Machine now() {
        return new Machine(
                line(Path.of("/proc/cpuinfo"), "model name"),
                Runtime.getRuntime().availableProcessors(),
                line(Path.of("/proc/meminfo"), "MemTotal"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                firstWords(Path.of("/proc/loadavg")));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s RAM, %s, %s; load average before the run %s",
                processor,
                cores,
                memory,
                system,
                java,
                load);
    }

    private static String line(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("?");
        } catch (IOException none) {
            return "?";
        }
    }

    private static String firstWords(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.substring(0, text.lastIndexOf(' ', text.lastIndexOf(' ') - 1));
        } catch (IOException none) {
            return "?";
        }
    }
}
