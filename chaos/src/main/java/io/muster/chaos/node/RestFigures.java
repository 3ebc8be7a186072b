package io.muster.chaos.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts what this process uses, right after a garbage collection, whenever it is asked to by a file; on a daemon thread. */
public final class RestFigures {
    /** The file that says: no load for now. */
    public static final String NO_LOAD = "no-load";
    /** The file that says: count; in it the number of the rest. */
    public static final String COUNT = "count";
    /** Printed when that is done, with the number. */
    public static final String COUNTED = "counted at rest ";

    private static final long LOOK_MILLIS = 200;
    /** What the first collection found to be finalized or cleaned is gone with the second. */
    private static final int COLLECTIONS = 2;

    private RestFigures() {}

    static void tell(Scribe scribe, Path folder) {
        Thread thread = new Thread(() -> watch(scribe, folder.resolve(COUNT)), "rest-figures");
        thread.setDaemon(true);
        thread.start();
    }

    private static void watch(Scribe scribe, Path file) {
        String last = "";
        try {
            while (!Thread.currentThread().isInterrupted()) {
                String asked = asked(file);
                if (!asked.equals(last)) {
                    for (int i = 0; i < COLLECTIONS; i++) {
                        System.gc();
                        Thread.sleep(LOOK_MILLIS);
                    }
                    scribe.write(Kind.RESTED, figures(asked));
                    System.out.println(COUNTED + asked);
                    last = asked;
                }
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String asked(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static Map<String, String> figures(String rest) {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("rest", rest);
        figures.put("pid", Long.toString(ProcessHandle.current().pid()));
        figures.put(
                "heap",
                Long.toString(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()));
        figures.put(
                "threads", Integer.toString(ManagementFactory.getThreadMXBean().getThreadCount()));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            figures.put("files", Long.toString(unix.getOpenFileDescriptorCount()));
        }
        return figures;
    }
}
