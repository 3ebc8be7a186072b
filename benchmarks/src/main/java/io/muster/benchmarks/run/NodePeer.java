package io.muster.benchmarks.run;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** BullMQ on Node, installed by npm into a cache directory, never into the project. */
final class NodePeer {
    static final String BULLMQ = "6.7.0";
    static final String IOREDIS = "6.0.0";
    private static final String SCRIPT = "bullmq.js";
    private static final int MANY = 200_000;
    private static final int INSTALL_MINUTES = 3;

    private final Path home;
    private final Path scratch;

    private NodePeer(Path home, Path scratch) {
        this.home = home;
        this.scratch = scratch;
    }

    /** Empty where there is no node or no npm. */
    static Optional<NodePeer> find(Path cache, Path scratch) {
        return onPath("node") && onPath("npm")
                ? Optional.of(new NodePeer(cache.resolve("bullmq-" + BULLMQ), scratch))
                : Optional.empty();
    }

    static boolean onPath(String program) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    Contender on(String host, int port) {
        return new Contender(
                "bullmq",
                name -> start("producer", name, host, port),
                (name, settings) -> start("worker", name, host, port),
                MANY,
                Contender.Traits.PEER);
    }

    private Child start(String role, String name, String host, int port) {
        install();
        List<String> command =
                new ArrayList<>(List.of("node", home.resolve(SCRIPT).toString(), role, name, host));
        command.add(Integer.toString(port));
        return Child.start(name, command, Map.of(), scratch.resolve("bullmq-" + role + "-" + name + ".log"));
    }

    private void install() {
        try {
            Files.createDirectories(home);
            try (InputStream script = NodePeer.class.getResourceAsStream("/io/muster/benchmarks/" + SCRIPT)) {
                if (script == null) {
                    throw new BenchException(SCRIPT + " is missing in the jar");
                }
                Files.copy(script, home.resolve(SCRIPT), StandardCopyOption.REPLACE_EXISTING);
            }
            if (Files.isDirectory(home.resolve("node_modules/bullmq"))) {
                return;
            }
            Process npm = new ProcessBuilder(
                            "npm",
                            "install",
                            "--no-audit",
                            "--no-fund",
                            "--prefix",
                            home.toString(),
                            "bullmq@" + BULLMQ,
                            "ioredis@" + IOREDIS)
                    .redirectErrorStream(true)
                    .redirectOutput(scratch.resolve("npm.log").toFile())
                    .start();
            if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                throw new BenchException("npm could not install bullmq; see " + scratch.resolve("npm.log"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while npm installed bullmq");
        }
    }
}
