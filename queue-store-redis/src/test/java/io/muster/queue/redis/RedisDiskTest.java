package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the server's append-only file keeps, and a disk that has no room for it. */
@Tag("Q2")
class RedisDiskTest extends StoreOnServer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LARGE = 100_000;
    private static final long ROOM = 1 << 20;

    @Test
    void aFullDiskIsSaidToThePusherAndWorkersKeepTheirResultsUntilThereIsRoom() {
        assumeThat(LocalServer.canLimitFiles()).isTrue();
        LocalServer server = server(ServerOptions.forTests()
                .withDurability(Durability.PAGE_CACHE)
                .withExtraArguments("--appendfsync", "everysec"));
        RedisStore store = open(at(server));
        store.intake().push(jobs("job-", 5));
        admit(store, "n1");
        assign(store, "n1", 5);
        List<Attempt> running = take(store, "n1", 5);
        server.limitFiles(ROOM);
        List<String> acknowledged = new ArrayList<>();

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        store.intake().push(List.of(NewJob.of("large-" + i, QUEUE, "send", new byte[LARGE])));
                        acknowledged.add("large-" + i);
                    }
                })
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("MISCONF");
        assertThatThrownBy(() -> complete(store, running)).isInstanceOf(StoreUnavailableException.class);
        assertThat(store.intake().find("job-0")).as("reading goes on").isPresent();

        server.unlimitFiles();
        assertThat(eventually(() -> complete(store, running).settled()))
                .hasSize(5)
                .containsOnly(SettleResult.ACCEPTED);
        store.intake().push(List.of(job("again")));
        server.kill();
        server.restart();
        assertThat(eventually(() -> store.intake().find("again"))).isPresent();
        assertThat(acknowledged)
                .isNotEmpty()
                .allSatisfy(job -> assertThat(store.intake().find(job)).isPresent());
        assertThat(store.lostWrites()).isZero();
    }

    @Test
    void whatWasAcknowledgedSurvivesTheKillOfAServerThatSyncsAlways() {
        Killed killed = killed("always");

        assertThat(killed.missing()).isZero();
        assertThat(killed.saidToBeLost()).isZero();
    }

    /** While it syncs, such a server keeps what it acknowledges in memory, for up to two seconds. */
    @Test
    void whatAServerThatSyncsEverySecondLosesWhenItIsKilledIsSaid() {
        Killed killed = killed("everysec");

        assertThat(killed.saidToBeLost()).isEqualTo(killed.missing());
    }

    @Test
    void aServerThatSyncsAlwaysAndFindsTheDiskFullGivesUpAndLosesNothingThatItAcknowledged() {
        assumeThat(LocalServer.canLimitFiles()).isTrue();
        LocalServer server = server(ServerOptions.forTests()
                .withDurability(Durability.PAGE_CACHE)
                .withExtraArguments("--appendfsync", "always"));
        RedisStore store = open(at(server));
        store.intake().push(jobs("job-", 5));
        admit(store, "n1");
        assign(store, "n1", 5);
        List<Attempt> running = take(store, "n1", 5);
        server.limitFiles(ROOM);
        List<String> acknowledged = new ArrayList<>();

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        store.intake().push(List.of(NewJob.of("large-" + i, QUEUE, "send", new byte[LARGE])));
                        acknowledged.add("large-" + i);
                    }
                })
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> complete(store, running)).isInstanceOf(StoreException.class);

        server.kill();
        server.restart();
        assertThat(eventually(() -> complete(store, running).settled()))
                .hasSize(5)
                .containsOnly(SettleResult.ACCEPTED);
        assertThat(acknowledged)
                .isNotEmpty()
                .allSatisfy(job -> assertThat(store.intake().find(job)).isPresent());
        assertThat(store.lostWrites()).isZero();
    }

    private record Killed(long missing, long saidToBeLost) {}

    private Killed killed(String sync) {
        LocalServer server = server(ServerOptions.forTests()
                .withDurability(Durability.PAGE_CACHE)
                .withExtraArguments("--appendfsync", sync));
        RedisStore store = open(at(server));
        List<String> acknowledged = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            store.intake().push(List.of(job("job-" + i)));
            acknowledged.add("job-" + i);
        }

        server.kill();
        server.restart();

        eventually(() -> store.intake().counts());
        long missing = acknowledged.stream()
                .filter(job -> store.intake().find(job).isEmpty())
                .count();
        return new Killed(missing, store.lostWrites());
    }

    private static <T> T eventually(Callable<T> call) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(call, answer -> true);
    }
}
