package io.muster.chaos.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.queue.Queue;
import io.muster.queue.worker.PoolStats;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes down what this process uses, again and again. */
final class Figures {
    private static final long PAUSE_MILLIS = 2_000;

    private Figures() {}

    static void tell(Scribe scribe, Queue queue) {
        Watch.start("figures", PAUSE_MILLIS, () -> scribe.write(Kind.FIGURES, now(queue)));
    }

    private static Map<String, String> now(Queue queue) {
        Map<String, String> figures = new LinkedHashMap<>();
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
        figures.put(
                "stale",
                Long.toString(queue.pools().stream().mapToLong(PoolStats::stale).sum()));
        return figures;
    }
}
