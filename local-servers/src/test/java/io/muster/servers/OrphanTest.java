package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.servers.ServerBinary.Missing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Children end with the JVM that started them, whichever way that ends. */
final class OrphanTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Starts a child with a scratch directory, says where it is, and stays. */
    static final class Owner {

        public static void main(String[] args) throws Exception {
            Path scratch = Files.createDirectories(Path.of(args[0]).resolve("scratch"));
            Files.writeString(scratch.resolve("data"), "some");
            GuardedProcess child = GuardedProcess.start(
                    new GuardedProcess.Command(
                            List.of("sh", "-c", args[1]), Map.of(), Path.of("/"), scratch.toString(), false),
                    ProcessBuilder.Redirect.DISCARD);
            System.out.println("child " + child.pid());
            new CountDownLatch(1).await();
        }
    }

    /** A child that ignores what can be ignored must go as well. */
    @ParameterizedTest
    @ValueSource(strings = {"exec sleep 1000", "trap '' TERM HUP INT; while :; do sleep 1; done"})
    void aKilledJvmLeavesNoChildAndNoScratchDirectory(String childScript, @TempDir Path directory) {
        JavaProcess owner = JavaProcess.start(JavaCommand.of(Owner.class.getName(), directory.toString(), childScript));
        long child = childOf(owner);

        owner.kill();

        assertGone(child, directory);
        assertThat(owner.exitCode()).hasValue(137);
    }

    @Test
    void aJvmThatIsAskedToEndLeavesNoChildAndNoScratchDirectory(@TempDir Path directory) {
        JavaProcess owner =
                JavaProcess.start(JavaCommand.of(Owner.class.getName(), directory.toString(), "exec sleep 1000"));
        long child = childOf(owner);

        owner.terminate();

        assertThat(owner.awaitExit(LIMIT)).isTrue();
        assertGone(child, directory);
    }

    @Test
    void aFrozenChildGoesAsWell(@TempDir Path directory) throws Exception {
        JavaProcess owner =
                JavaProcess.start(JavaCommand.of(Owner.class.getName(), directory.toString(), "exec sleep 1000"));
        long child = childOf(owner);
        assertThat(new ProcessBuilder("sh", "-c", "kill -STOP " + child).start().waitFor())
                .isZero();

        owner.kill();

        assertGone(child, directory);
    }

    /** What Ctrl-C and an impatient build tool do: every process of the group gets the signal, the JVM is then killed. */
    @Test
    void signalsToTheWholeGroupDoNotDisarmTheWatchdog(@TempDir Path directory) throws Exception {
        JavaProcess owner = JavaProcess.start(
                JavaCommand.of(Owner.class.getName(), directory.toString(), "trap '' TERM HUP INT; exec sleep 1000"));
        long child = childOf(owner);
        ProcessHandle shell = ProcessHandle.of(child).orElseThrow().parent().orElseThrow();
        String pids = Stream.concat(Stream.of(shell), shell.children().filter(process -> process.pid() != child))
                .map(process -> Long.toString(process.pid()))
                .reduce("", (before, pid) -> before + " " + pid);
        for (String signal : new String[] {"INT", "TERM", "HUP"}) {
            assertThat(new ProcessBuilder("sh", "-c", "kill -" + signal + pids)
                            .start()
                            .waitFor())
                    .isZero();
        }
        assertThat(ProcessHandle.of(child)).isPresent();

        owner.kill();

        assertGone(child, directory);
    }

    /** Starts a server, says where it is, and stays. */
    static final class ServerOwner {

        public static void main(String[] args) throws Exception {
            LocalServer server = LocalServer.start(ServerKind.valueOf(args[0]));
            System.out.println("child " + server.pid());
            System.out.println("log " + server.log());
            new CountDownLatch(1).await();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKilledJvmLeavesNoServerAndNoData(ServerKind kind) {
        if (new ServerBinaries(ServerEnvironment.ofThisProcess()).locate(kind) instanceof Missing missing) {
            SkippedServers.note(kind.id(), missing.reason());
            abort(missing.reason());
        }
        JavaProcess owner = JavaProcess.start(JavaCommand.of(ServerOwner.class.getName(), kind.name()));
        long child = childOf(owner);
        String log = owner.awaitLine(text -> text.startsWith("log "), LIMIT).orElseThrow();
        Path directory = Path.of(log.substring("log ".length())).resolveSibling("");
        assertThat(directory).isNotEmptyDirectory();

        owner.kill();

        await().atMost(LIMIT).until(() -> ProcessHandle.of(child).isEmpty());
        await().atMost(LIMIT).until(() -> !Files.exists(directory));
    }

    private static long childOf(JavaProcess owner) {
        String line = owner.awaitLine(text -> text.startsWith("child "), LIMIT).orElseThrow();
        return Long.parseLong(line.substring("child ".length()));
    }

    private static void assertGone(long child, Path directory) {
        await().atMost(LIMIT).until(() -> ProcessHandle.of(child).isEmpty());
        await().atMost(LIMIT).until(() -> !Files.exists(directory.resolve("scratch")));
    }
}
