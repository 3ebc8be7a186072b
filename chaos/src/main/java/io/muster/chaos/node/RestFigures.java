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

/** Counts what this process uses, right after a garbage collection, whenever it is asked to by a file. The thread of a watch uses it. */
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

    private final Scribe scribe;
    private final Path file;
    private String last = "";

    private RestFigures(Scribe scribe, Path file) {
        this.scribe = scribe;
        this.file = file;
    }

    static void tell(Scribe scribe, Path folder) {
        Watch.start("rest-figures", LOOK_MILLIS, new RestFigures(scribe, folder.resolve(COUNT))::look);
    }

    private void look() throws InterruptedException {
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
