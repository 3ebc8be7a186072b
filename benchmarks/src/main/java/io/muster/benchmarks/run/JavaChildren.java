package io.muster.benchmarks.run;

import io.muster.benchmarks.child.ChildMain;
import io.muster.servers.JavaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Starts Java children: Muster's workers with a small heap, everything else with what it likes. */
final class JavaChildren {
    /** What Muster's workers get, and by which their memory is judged. */
    private static final List<String> SMALL = List.of("-Xmx128m");

    private static final List<String> ROOMY = List.of("-Xmx512m");
    private static final List<String> ALL = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private final Path scratch;

    JavaChildren(Path scratch) {
        this.scratch = scratch;
    }

    Contender.Launch musterProducer(String store, Map<String, String> settings) {
        return name -> start("producer", "muster", store + "-" + name, ROOMY, namespaced(store, settings));
    }

    Contender.WorkerLaunch musterWorkers(String role, String store, Map<String, String> settings) {
        return (name, more) -> {
            Map<String, String> all = new HashMap<>(namespaced(store, settings));
            all.putAll(more);
            all.put("name", name);
            return start(role, "muster", name, role.equals("both") ? ROOMY : SMALL, all);
        };
    }

    Contender.Launch peerProducer(String system, Map<String, String> settings) {
        return name -> start("producer", system, name, ROOMY, settings);
    }

    Contender.WorkerLaunch peerWorkers(String system, Map<String, String> settings) {
        return (name, more) -> {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(more);
            all.put("name", name);
            return start("worker", system, name, ROOMY, all);
        };
    }

    Child ceiling(String kind, Map<String, String> settings) {
        return start("ceiling", kind, "ceiling", ROOMY, settings);
    }

    private static Map<String, String> namespaced(String store, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("namespace", "bench-" + store);
        return all;
    }

    private Child start(String role, String system, String name, List<String> heap, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(JavaProcess.launcher().toString()));
        command.addAll(heap);
        command.addAll(ALL);
        String extra = System.getenv("MUSTER_BENCH_" + role.toUpperCase(Locale.ROOT) + "_JVM");
        if (extra != null) {
            command.addAll(List.of(extra.split(" ", -1)));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildMain.class.getName(), role, system));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        return Child.start(name, command, Map.of(), scratch.resolve(system + "-" + role + "-" + name + ".log"));
    }
}
