package io.muster.benchmarks.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Sidekiq on Ruby: the one that Ruby finds, else one that gem installs into a cache directory, never into the project. */
final class RubyPeer {
    static final String SIDEKIQ = "7.3.9";
    /** The last that this Sidekiq can use. */
    private static final String CONNECTION_POOL = "2.5.3";

    private static final String SCRIPT = "sidekiq.rb";
    private static final int MANY = 200_000;
    private static final int LOOK_SECONDS = 20;
    private static final int INSTALL_SECONDS = 180;

    private final Path home;
    private final Path scratch;

    private RubyPeer(Path home, Path scratch) {
        this.home = home;
        this.scratch = scratch;
    }

    /** Empty where there is no ruby. */
    static Optional<RubyPeer> find(Path cache, Path scratch) {
        return NodePeer.onPath("ruby")
                ? Optional.of(new RubyPeer(cache.resolve("sidekiq-" + SIDEKIQ), scratch))
                : Optional.empty();
    }

    Contender on(String host, int port) {
        return new Contender(
                "sidekiq",
                name -> start("producer", name, host, port),
                (name, settings) -> start("worker", name, host, port),
                MANY,
                Contender.Traits.FORGETFUL_PEER);
    }

    private Child start(String role, String name, String host, int port) {
        install();
        List<String> command =
                List.of("ruby", home.resolve(SCRIPT).toString(), role, name, host, Integer.toString(port));
        return Child.start(name, command, gems(), scratch.resolve("sidekiq-" + role + "-" + name + ".log"));
    }

    /** Empty where Ruby has a Sidekiq of its own. */
    private Map<String, String> gems() {
        return Files.isDirectory(home.resolve("gems"))
                ? Map.of("GEM_HOME", home.toString(), "GEM_PATH", home.toString())
                : Map.of();
    }

    private void install() {
        try {
            Files.createDirectories(home);
            try (InputStream script = RubyPeer.class.getResourceAsStream("/io/muster/benchmarks/" + SCRIPT)) {
                if (script == null) {
                    throw new BenchException(SCRIPT + " is missing in the jar");
                }
                Files.copy(script, home.resolve(SCRIPT), StandardCopyOption.REPLACE_EXISTING);
            }
            if (Files.isDirectory(home.resolve("gems"))
                    || runs(LOOK_SECONDS, "ruby", "-e", "require 'sidekiq'; require 'sidekiq/api'")) {
                return;
            }
            boolean installed = runs(
                    INSTALL_SECONDS,
                    "gem",
                    "install",
                    "--install-dir",
                    home.toString(),
                    "--no-document",
                    "--minimal-deps",
                    "connection_pool:" + CONNECTION_POOL,
                    "sidekiq:" + SIDEKIQ);
            if (!installed) {
                throw new BenchException("gem could not install sidekiq; see " + log());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean runs(int mostSeconds, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        try {
            boolean ended = process.waitFor(mostSeconds, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new BenchException("interrupted while " + command[0] + " ran");
        }
    }

    private Path log() {
        return scratch.resolve("sidekiq-install.log");
    }
}
