package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisUsers;
import io.muster.servers.ServerOptions;
import io.muster.servers.TestSecrets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers that cannot keep jobs, or not now. */
@Tag("Q2")
class RedisStoreRefusalTest extends StoreOnServer {
    private static final int LARGE = 500_000;

    @Test
    void aServerThatMayEvictJobsIsRefusedNamingTheRemedy() {
        LocalServer server = server(ServerOptions.forTests()
                .withExtraArguments("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"));

        assertThatThrownBy(() -> open(at(server)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("allkeys-lru")
                .hasMessageContaining("maxmemory-policy noeviction");
    }

    @Test
    void aFullServerRefusesPushesAtOnceAndWorkGoesOn() {
        LocalServer server = server(
                ServerOptions.forTests().withExtraArguments("--maxmemory", "12mb", "--maxmemory-policy", "noeviction"));
        RedisStore store = open(at(server));
        admit(store, "n1");
        List<String> pushed = new ArrayList<>();

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        store.intake().push(List.of(NewJob.of("job-" + i, QUEUE, "send", new byte[LARGE])));
                        pushed.add("job-" + i);
                    }
                })
                .isInstanceOf(StoreFullException.class)
                .hasMessageContaining("maxmemory");

        assertThat(store.intake().find("job-" + pushed.size())).isEmpty();
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(pushed.size());
        assertThat(assign(store, "n1", 10)).isEqualTo(10);
        List<Attempt> running = take(store, "n1", 10);
        assertThat(complete(store, running).settled()).hasSize(10).containsOnly(SettleResult.ACCEPTED);
        store.intake().push(List.of(job("again")));
        assertThat(store.intake().find("again")).isPresent();
    }

    @Test
    void aWrongPasswordIsSaidWithoutShowingIt() {
        LocalServer server = server(ServerOptions.forTests().withSecret(TestSecrets.PASSWORD));

        assertThatThrownBy(() -> open(at(server).withPassword("wrong-and-secret")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("refuses the credentials")
                .hasMessageNotContaining("wrong-and-secret");
        assertThat(at(server).withPassword("wrong-and-secret").toString()).doesNotContain("wrong-and-secret");
        assertThat(open(at(server).withPassword(TestSecrets.PASSWORD)).intake().counts())
                .isEmpty();
    }

    @Test
    void aReplicaIsRefused() {
        LocalServer master = server(ServerOptions.forTests());
        LocalServer replica = server(ServerOptions.forTests()
                .withExtraArguments("--replicaof", "127.0.0.1", Integer.toString(master.port())));

        assertThatThrownBy(() -> open(at(replica)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("replica");
    }

    @Test
    void nobodyListens() {
        assertThatThrownBy(() -> open(at(1))).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void keysOfSomebodyElseAreSaidToBeInTheWay() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        ask(server, redis -> redis.set("{muster-jobs:shop}:jobs", "mine"));

        assertThatThrownBy(() -> store.intake().push(List.of(job("a"))))
                .isInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining("something else")
                .hasMessageContaining("{muster-jobs:shop}:jobs")
                .hasMessageContaining("{muster-jobs:shop}:unreadable:");
        ask(server, redis -> {
            assertThat(redis.get("{muster-jobs:shop}:unreadable:jobs")).isEqualTo("mine");
            return true;
        });
    }

    @Test
    void aUserWithTheRightsThatErrorsNameCanDoEverything() {
        LocalServer server = server(ServerOptions.forTests());
        RedisUsers.restrict(server, rights(server));
        RedisStore store = open(RedisEnvironment.config(RedisUsers.uri(server)));

        store.intake().push(jobs("job-", 3));
        admit(store, "n1");
        assign(store, "n1", 3);
        complete(store, take(store, "n1", 3));

        assertThat(store.intake().counts().get(0).completed()).isEqualTo(3);
        assertThat(rights(server))
                .endsWith(" ~{muster-jobs:shop}:* &{muster-jobs:shop}@*")
                .doesNotContain("@all");
    }
}
