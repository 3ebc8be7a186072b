package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.servers.ServerBinary.Found;
import io.muster.servers.ServerBinary.Missing;
import io.muster.servers.ServerBinary.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ServerBinariesTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void skipMeansMissingAndNothingIsLookedFor(ServerKind kind) {
        ServerBinary answer = locate(kind, Map.of(kind.environmentVariable(), "skip"));

        assertThat(answer).isEqualTo(new Missing(kind, "MUSTER_IT_" + kind.name() + "=skip"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theVariableComesBeforeThePath() throws IOException {
        Path named = executable("elsewhere/my-redis");
        Path bin = executable("bin/redis-server").resolveSibling("");

        ServerBinary answer =
                locate(ServerKind.REDIS, Map.of("MUSTER_IT_REDIS", named.toString(), "PATH", bin.toString()));

        assertThat(answer).isEqualTo(new Found(ServerKind.REDIS, Origin.ENVIRONMENT, named, List.of()));
    }

    @Test
    void aVariableThatNamesNoExecutableIsNotPassedOverInSilence() throws IOException {
        Path bin = executable("bin/etcd").resolveSibling("");

        ServerBinary answer =
                locate(ServerKind.ETCD, Map.of("MUSTER_IT_ETCD", "/no/such/etcd", "PATH", bin.toString()));

        assertThat(answer)
                .isEqualTo(new Missing(ServerKind.ETCD, "MUSTER_IT_ETCD=/no/such/etcd is not an executable file"));
    }

    @Test
    void valkeyServesAsRedisWhereThereIsNoRedis() throws IOException {
        Path valkey = executable("bin/valkey-server");
        Map<String, String> path = Map.of("PATH", directory.resolve("bin").toString());

        assertThat(locate(ServerKind.REDIS, path))
                .isEqualTo(new Found(ServerKind.REDIS, Origin.PATH, valkey, List.of()));
        assertThat(locate(ServerKind.VALKEY, path))
                .isEqualTo(new Found(ServerKind.VALKEY, Origin.PATH, valkey, List.of()));

        Path redis = executable("bin/redis-server");
        assertThat(locate(ServerKind.REDIS, path))
                .isEqualTo(new Found(ServerKind.REDIS, Origin.PATH, redis, List.of()));
    }

    @Test
    void aMariaDbUnderTheNameOfMySqlIsNoMySql() throws IOException {
        Path maria = executable("bin/mariadbd");
        Files.createSymbolicLink(maria.resolveSibling("mysqld"), maria);
        Path mySql = executable("more/mysqld");

        assertThat(locate(ServerKind.MYSQL, Map.of("PATH", directory.resolve("bin") + ":" + directory.resolve("more"))))
                .isEqualTo(new Found(ServerKind.MYSQL, Origin.PATH, mySql, List.of()));
    }

    @Test
    void thePathComesBeforeTheCache() throws IOException {
        Path consul = executable("bin/consul");

        ServerBinary answer = locate(ServerKind.CONSUL, Map.of("PATH", "/no/such/directory:" + consul.getParent()));

        assertThat(answer).isEqualTo(new Found(ServerKind.CONSUL, Origin.PATH, consul, List.of()));
    }

    @Test
    void zooKeeperIsAlwaysThere() {
        assertThat(locate(ServerKind.ZOOKEEPER, Map.of())).isInstanceOf(Found.class);
    }

    /** The cache of this user, so that nothing is fetched twice; on other systems the answer must say what is missing. */
    @ParameterizedTest
    @EnumSource(
            names = {"ZOOKEEPER", "MYSQL"},
            mode = EnumSource.Mode.EXCLUDE)
    void withoutPathAServerComesFromThePackagesOrTheReasonSaysHowToHelp(ServerKind kind) {
        assertComesFromThePackages(kind);
    }

    /** The largest of them. */
    @Test
    @EnabledIfSystemProperty(named = "muster.full", matches = "true")
    void mySqlComesFromThePackagesToo() {
        assertComesFromThePackages(ServerKind.MYSQL);
    }

    private void assertComesFromThePackages(ServerKind kind) {
        ServerEnvironment real = ServerEnvironment.ofThisProcess();
        Map<String, String> onlyTheCache =
                Map.of("XDG_CACHE_HOME", String.valueOf(real.cacheDirectory().getParent()));
        ServerEnvironment environment = new ServerEnvironment(onlyTheCache, directory, directory);

        ServerBinary answer = new ServerBinaries(environment).locate(kind);

        if (answer instanceof Missing missing) {
            assertThat(missing.reason()).contains(kind.environmentVariable());
        } else {
            Found found = (Found) answer;
            assertThat(found.path()).isExecutable();
            if (found.origin() == Origin.DEBIAN_PACKAGE) {
                LocalServer.start(found, ServerOptions.forTests()).close();
            }
        }
    }

    @Test
    void anEmptyPathNamesOnlyTheDirectoryOfSystemBinaries() {
        assertThat(new ServerEnvironment(Map.of("PATH", ""), directory, directory).searchPath())
                .containsExactly(Path.of("/usr/sbin"));
    }

    @Test
    void aRelativeCacheDirectoryIsIgnoredAsTheSpecificationAsks() {
        assertThat(new ServerEnvironment(Map.of("XDG_CACHE_HOME", "here"), directory, directory).cacheDirectory())
                .isEqualTo(directory.resolve(".cache/muster"));
        assertThat(new ServerEnvironment(Map.of("XDG_CACHE_HOME", "/there"), directory, directory).cacheDirectory())
                .isEqualTo(Path.of("/there/muster"));
    }

    @Test
    void theMirrorIsTakenFromBothFormsOfSourceFiles() {
        assertThat(DebianMachine.mirrorIn(
                        "# comment\ndeb [signed-by=/k.gpg] http://mirror.example/debian stable main\n"))
                .hasValue("http://mirror.example/debian");
        assertThat(DebianMachine.mirrorIn("Types: deb\nURIs: https://mirror.example/debian/\nSuites: stable\n"))
                .hasValue("https://mirror.example/debian/");
        assertThat(DebianMachine.mirrorIn("URIs: http://mirror.example/debian-security\n"))
                .isEmpty();
        assertThat(DebianMachine.mirrorIn("# deb http://mirror.example/debian stable main\n"))
                .isEmpty();
        assertThat(DebianMachine.mirrorIn("deb http://mirror.example/ubuntu stable main\n"))
                .isEmpty();
    }

    @Test
    void aMissingServerIsNotedAndFailsOnlyWhereItIsRequired() {
        SkippedServers.note("etcd", "no etcd here", environment(Map.of()));
        assertThat(directory.resolve("etcd.txt")).hasContent("no etcd here");

        SkippedServers.note("etcd", "still none", environment(Map.of("MUSTER_REQUIRE_SERVERS", "redis, consul")));
        assertThat(directory.resolve("etcd.txt")).hasContent("still none");

        for (String required : List.of("all", "redis, etcd")) {
            ServerEnvironment strict = environment(Map.of("MUSTER_REQUIRE_SERVERS", required));
            assertThatThrownBy(() -> SkippedServers.note("etcd", "install it", strict))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("etcd")
                    .hasMessageContaining("install it");
        }
    }

    private ServerBinary locate(ServerKind kind, Map<String, String> variables) {
        return new ServerBinaries(environment(variables)).locate(kind);
    }

    private ServerEnvironment environment(Map<String, String> variables) {
        return new ServerEnvironment(variables, directory, directory);
    }

    private Path executable(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
