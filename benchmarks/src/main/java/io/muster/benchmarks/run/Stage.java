package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Measure;
import io.muster.servers.LocalServer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A store with its servers, its ceiling and who works on it. Closes its servers. */
final class Stage implements AutoCloseable {
    private final String store;
    private final List<Long> serverPids;
    private final Optional<Supplier<Child>> ceiling;
    private final Map<Measure, String> ceilingVerbs;
    private final List<Yardstick> yardsticks;
    private final List<Contender> contenders;
    private final Deque<LocalServer> closing;

    /**
     * @param serverPids processes whose CPU counts as the store's
     * @param ceilingVerbs what the ceiling can do, and of what that is the ceiling
     * @param yardsticks foreign programs that measure one thing
     */
    Stage(
            String store,
            List<Long> serverPids,
            Optional<Supplier<Child>> ceiling,
            Map<Measure, String> ceilingVerbs,
            List<Yardstick> yardsticks,
            List<Contender> contenders,
            List<LocalServer> closing) {
        this.store = store;
        this.serverPids = List.copyOf(serverPids);
        this.ceiling = ceiling;
        this.ceilingVerbs = new TreeMap<>(ceilingVerbs);
        this.yardsticks = List.copyOf(yardsticks);
        this.contenders = List.copyOf(contenders);
        this.closing = new ArrayDeque<>(closing);
    }

    String store() {
        return store;
    }

    Optional<Supplier<Child>> ceiling() {
        return ceiling;
    }

    Map<Measure, String> ceilingVerbs() {
        return ceilingVerbs;
    }

    List<Yardstick> yardsticks() {
        return yardsticks;
    }

    List<Contender> contenders() {
        return contenders;
    }

    /** Whether it keeps jobs beside being asked who leads: thousands, where others keep millions. */
    boolean isCoordinator() {
        return !ceilingVerbs.isEmpty() && !ceilingVerbs.containsKey(Measure.PUSH_BULK);
    }

    double serverCpuMicros() {
        return serverPids.stream().mapToDouble(Usage::cpuMicros).sum();
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.removeLast().close();
        }
    }
}
