package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Fence;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StaleFenceException;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Valkey serves as Redis does. */
@Tag("Q2")
class ValkeyStoreTest extends StoreOnServer {
    @Test
    void jobsAreAssignedTakenSettledAndTakenBackThere() {
        LocalServer valkey = closedLater(LocalServer.tryStart(ServerKind.VALKEY, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Valkey on this machine")));
        RedisStore store = open(at(valkey));
        store.intake().push(jobs("job-", 10));
        admit(store, "n1");
        admit(store, "n2");
        assertThat(assign(store, "n1", 6)).isEqualTo(6);
        List<Attempt> running = take(store, "n1", 4);
        assertThat(complete(store, running.subList(0, 2)).settled()).containsOnly(SettleResult.ACCEPTED);

        assertThat(store.leader().bury(FENCE, "n1", 100).untaken()).isEqualTo(2);

        assertThat(assign(store, "n2", 10)).isPositive();
        assertThat(store.intake().counts().get(0).completed()).isEqualTo(2);
        assertThat(store.intake().counts().get(0).live()).isEqualTo(8);
        assertThatThrownBy(() -> store.leader().install(new Fence("default", "coordinator", 1)))
                .isInstanceOf(StaleFenceException.class);
    }
}
