package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every kind of server, told through a value stored by its own protocol. */
final class LocalServerTest {

    @ParameterizedTest
    @MethodSource("kinds")
    void keepsItsDataAndItsPortWhenItIsStoppedAndWhenItIsKilled(ServerKind kind) throws Exception {
        LocalServer server = shared(kind);
        StoredValue value = StoredValue.in(server);
        int port = server.port();
        long firstPid = server.pid();

        value.write("before the stop");
        server.stop();
        assertThat(server.isRunning()).isFalse();
        server.restart();
        assertThat(value.read()).isEqualTo("before the stop");

        value.write("before the kill");
        server.kill();
        assertThat(server.isRunning()).isFalse();
        server.restart();
        assertThat(value.read()).isEqualTo("before the kill");
        assertThat(server.port()).isEqualTo(port);
        assertThat(server.pid()).isNotEqualTo(firstPid);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void standsStillWhileFrozenAndGoesOnWhenThawed(ServerKind kind) throws Exception {
        LocalServer server = shared(kind);
        StoredValue value = StoredValue.in(server);
        value.write("before the frost");

        server.freeze();

        assertThat(server.isRunning()).isTrue();
        assertThatThrownBy(value::read)
                .satisfiesAnyOf(
                        failed -> assertThat(failed).isInstanceOf(SocketTimeoutException.class),
                        failed -> assertThat(failed).hasRootCauseInstanceOf(SocketTimeoutException.class));
        server.thaw();
        assertThat(value.read()).isEqualTo("before the frost");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void countsTheRequestsItReceives(ServerKind kind) throws Exception {
        LocalServer server = shared(kind);
        StoredValue value = StoredValue.in(server);
        long before = server.requestsReceived();

        value.write("counted");

        await().until(() -> server.requestsReceived() > before);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void saysWhatItHolds(ServerKind kind) throws Exception {
        LocalServer server = shared(kind);
        StoredValue.in(server).write("counted");

        Map<String, Long> census = server.census();

        String entries =
                switch (kind) {
                    case ZOOKEEPER -> "nodes";
                    case POSTGRES, MARIADB, MYSQL -> "muster_test";
                    default -> "keys";
                };
        assertThat(census.get(entries)).isPositive();
    }

    /** By this the first start knows that other ports may help. */
    @ParameterizedTest
    @MethodSource("kinds")
    void aStartThatFailsBecauseItsPortIsTakenSaysSo(ServerKind kind) throws Exception {
        LocalServer server = shared(kind);
        server.stop();
        try (ServerSocket other = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(other.isBound()).isTrue();

            assertThatThrownBy(server::restart)
                    .isInstanceOfSatisfying(ServerStartException.class, failed -> assertThat(failed.isPortTaken())
                            .as(failed.getMessage())
                            .isTrue());
            assertThat(server.isRunning()).isFalse();
        }

        server.restart();

        assertThat(server.isRunning()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void closeLeavesNothingBehind(ServerKind kind) {
        LocalServer server = started(kind);
        long pid = server.pid();

        server.close();
        server.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(server.log().getParent()).doesNotExist();
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::requestsReceived).isInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aSharedServerLeftDeadOrFrozenIsUsableAgain(ServerKind kind) throws Exception {
        LocalServer server = shared(kind);
        server.kill();
        assertThat(shared(kind)).isSameAs(server);
        StoredValue.in(server).write("alive again");

        server.freeze();
        assertThat(shared(kind)).isSameAs(server);
        assertThat(StoredValue.in(server).read()).isEqualTo("alive again");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itsAddressNamesItsKindAndPort(ServerKind kind) {
        LocalServer server = shared(kind);

        String address =
                switch (kind) {
                    case POSTGRES -> "postgresql://postgres@127.0.0.1:%d/postgres";
                    case MARIADB, MYSQL -> kind.id() + "://root@127.0.0.1:%d/muster";
                    case VALKEY -> "redis://127.0.0.1:%d";
                    default -> kind.id() + "://127.0.0.1:%d";
                };
        assertThat(server.uri()).hasToString(address.formatted(server.port()));
        assertThat(Files.isRegularFile(server.log())).isTrue();
    }

    /** Those that are started as another kind is, in the full run only. */
    static Stream<ServerKind> kinds() {
        Set<ServerKind> alike = EnumSet.of(ServerKind.VALKEY, ServerKind.MYSQL);
        return Arrays.stream(ServerKind.values())
                .filter(kind -> Boolean.getBoolean("muster.full") || !alike.contains(kind));
    }

    private static LocalServer started(ServerKind kind) {
        return LocalServer.tryStart(kind, ServerOptions.forTests()).orElseGet(() -> abort("no " + kind.id() + " here"));
    }

    private static LocalServer shared(ServerKind kind) {
        return SharedServers.get(kind).orElseGet(() -> abort("no " + kind.id() + " here"));
    }
}
