package io.muster.benchmarks.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What processes have used, by /proc; zero where the system has none. */
final class Usage {
    /** USER_HZ, which Linux fixes at 100 for whoever reads /proc. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final int PPID = 1;
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int CUTIME = 13;
    private static final int CSTIME = 14;

    private Usage() {}

    /** CPU of a process and of all that came from it, living or gone. */
    static double cpuMicros(long pid) {
        double ticks = own(pid, UTIME) + own(pid, STIME) + own(pid, CUTIME) + own(pid, CSTIME);
        double micros = ticks * MICROS_PER_TICK;
        for (long child : children(pid)) {
            micros += cpuMicros(child);
        }
        return micros;
    }

    /** Most memory the process ever had in RAM. */
    static double peakMebibytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException gone) {
            return 0;
        }
    }

    private static List<Long> children(long pid) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .filter(other -> (long) own(other, PPID) == pid)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A field of /proc/pid/stat, counted from behind the name of the program, which may contain anything. */
    private static double own(long pid, int field) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Double.parseDouble(fields[field]);
        } catch (IOException gone) {
            return 0;
        }
    }
}
