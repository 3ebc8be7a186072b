package io.muster.benchmarks.run;

import io.muster.benchmarks.child.Payload;
import io.muster.benchmarks.report.Measure;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerBinaries;
import io.muster.servers.ServerBinary.Found;
import io.muster.servers.ServerEnvironment;
import io.muster.servers.ServerKind;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** PostgreSQL's own measure of single-row inserts by ten clients, into a table of the same shape as the ceiling's. */
final class PgBench {
    private static final int CLIENTS = 10;
    private static final int PAYLOAD = 100;
    private static final int THREADS = 2;
    private static final int END_SECONDS = 30;
    private static final Pattern TPS = Pattern.compile("(?m)^tps = ([0-9.]+)");
    private static final String TABLE =
            """
            drop table if exists pgbench_jobs;
            create table pgbench_jobs (
              id bigserial primary key, queue text not null, state smallint not null, run_at timestamptz not null,
              owner text, payload text not null);
            create index pgbench_jobs_ready on pgbench_jobs (queue, run_at, id) where state = 0;
            """;
    private final Path program;
    private final List<Path> libraries;
    private final List<String> server;
    private final Path scratch;

    private PgBench(Path program, List<Path> libraries, List<String> server, Path scratch) {
        this.program = program;
        this.libraries = libraries;
        this.server = server;
        this.scratch = scratch;
    }

    /** The one that came with the server; empty: none did. */
    static Optional<PgBench> find(LocalServer server, String user, Path scratch) {
        String database = server.uri().getPath().substring(1);
        List<String> address =
                List.of("-h", server.host(), "-p", Integer.toString(server.port()), "-U", user, database);
        if (new ServerBinaries(ServerEnvironment.ofThisProcess()).locate(ServerKind.POSTGRES) instanceof Found found) {
            try {
                Path program = found.path().toRealPath().resolveSibling("pgbench");
                return Files.isExecutable(program)
                        ? Optional.of(new PgBench(program, found.libraries(), address, scratch))
                        : Optional.empty();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
        return Optional.empty();
    }

    Yardstick yardstick() {
        return new Yardstick("pgbench", Measure.PUSH_CALLERS, this::inserts);
    }

    private double inserts(Duration length) {
        try {
            Path table = scratch.resolve("pgbench-table.sql");
            Files.writeString(table, TABLE);
            run(List.of("-n", "-t", "1", "-f", table.toString()), END_SECONDS);
            Path script = scratch.resolve("pgbench.sql");
            Files.writeString(
                    script,
                    "insert into pgbench_jobs (queue, state, run_at, payload) values ('default', 0, now(), '"
                            + Payload.plain().text().repeat(2).substring(0, PAYLOAD) + "');\n");
            long seconds = Math.max(1, length.toSeconds());
            String said = run(
                    List.of(
                            "-n",
                            "-M",
                            "prepared",
                            "-c",
                            Integer.toString(CLIENTS),
                            "-j",
                            Integer.toString(THREADS),
                            "-T",
                            Long.toString(seconds),
                            "-f",
                            script.toString()),
                    seconds + END_SECONDS);
            return perSecond(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws BenchException there is no rate in what pgbench said */
    static double perSecond(String said) {
        Matcher matcher = TPS.matcher(said);
        if (!matcher.find()) {
            throw new BenchException("pgbench said no rate: " + said.strip());
        }
        return Double.parseDouble(matcher.group(1));
    }

    private String run(List<String> arguments, long mostSeconds) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        command.addAll(server);
        Path said = scratch.resolve("pgbench.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        if (!libraries.isEmpty()) {
            builder.environment()
                    .put(
                            "LD_LIBRARY_PATH",
                            libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        }
        Process process = builder.start();
        try {
            if (!process.waitFor(mostSeconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new BenchException("pgbench failed; see " + said);
            }
            return Files.readString(said, StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new BenchException("interrupted while pgbench ran");
        }
    }
}
