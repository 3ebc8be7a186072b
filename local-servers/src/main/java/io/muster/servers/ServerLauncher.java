package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import io.muster.servers.ServerDialect.Site;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts the process of one server and waits until it answers. */
final class ServerLauncher {

    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final int TAIL_LINES = 20;

    private final Found binary;
    private final ServerDialect dialect;

    ServerLauncher(Found binary) {
        this.binary = binary;
        this.dialect = ServerDialect.of(binary.kind());
    }

    /** A running server and where it runs. */
    record Launched(Site site, GuardedProcess process) {}

    /** Starts a server on free ports with a new directory; if another process takes a port first, on other ports. */
    Launched launch(ServerOptions options) {
        dialect.check(options);
        for (int attempt = 1; ; attempt++) {
            Site site = new Site(FreePorts.next(dialect.ports()), newDirectory(options), options);
            boolean launched = false;
            try {
                Launched result = new Launched(site, launchAt(site));
                launched = true;
                return result;
            } catch (ServerStartException failed) {
                if (attempt == ATTEMPTS || !failed.isPortTaken()) {
                    throw failed;
                }
            } finally {
                if (!launched) {
                    Directories.delete(site.directory());
                }
            }
        }
    }

    /** Starts a server with the ports and the data it had before; returns when it answers. */
    GuardedProcess launchAt(Site site) {
        GuardedProcess process = start(site);
        boolean decided = false;
        try {
            decided = Await.until(READY_LIMIT, () -> !process.isAlive() || isReady(site));
        } finally {
            if (!decided) {
                process.kill();
            }
        }
        if (!process.isAlive()) {
            String what = decided ? "ended when it was started" : "did not answer within " + READY_LIMIT;
            throw new ServerStartException(binary.kind(), what, tail(site));
        }
        return process;
    }

    static Path logOf(Site site) {
        return site.directory().resolve("server.log");
    }

    private GuardedProcess start(Site site) {
        try {
            Files.createDirectories(site.data());
            GuardedProcess.Command command = new GuardedProcess.Command(
                    dialect.command(binary, site),
                    environment(),
                    site.directory(),
                    site.directory().toString(),
                    true);
            return GuardedProcess.start(command, Redirect.appendTo(logOf(site).toFile()));
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "cannot write the configuration of " + binary.kind().id(), failed);
        }
    }

    private Map<String, String> environment() {
        List<Path> libraries = binary.libraries();
        return libraries.isEmpty()
                ? Map.of()
                : Map.of(
                        "LD_LIBRARY_PATH",
                        libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    }

    /** Anything but the right answer means: not yet. */
    private boolean isReady(Site site) {
        try {
            return dialect.isReady(site);
        } catch (IOException notYet) {
            return false;
        }
    }

    private Path newDirectory(ServerOptions options) {
        String prefix = "muster-" + binary.kind().id() + "-";
        try {
            return options.parent().isPresent()
                    ? Files.createTempDirectory(options.parent().get(), prefix)
                    : Files.createTempDirectory(prefix);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot create a scratch directory", failed);
        }
    }

    private static String tail(Site site) {
        try {
            List<String> lines = Files.readAllLines(logOf(site), StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException unreadable) {
            return "(no log: " + unreadable.getMessage() + ")";
        }
    }
}
