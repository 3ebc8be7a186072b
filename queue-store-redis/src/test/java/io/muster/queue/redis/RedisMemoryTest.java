package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.Retention;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a job costs at the server, as the README states it. */
@Tag("Q2")
class RedisMemoryTest extends StoreOnServer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisMemoryTest.class);
    private static final int JOBS = 20_000;
    private static final int BATCH = 200;
    private static final int PAYLOAD = 100;

    @Test
    void aWaitingJobAndARememberedOneCostWhatIsStatedAndNothingIsLeftOfForgottenOnes() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.MEMORY));
        RedisStore store = open(at(server));
        store.intake().push(List.of(job("warm-up")));
        admit(store, "n1");
        // The server keeps each script that it was ever sent, which costs no job anything.
        assign(store, "n1", 1);
        complete(store, take(store, "n1", 1));
        forgetAll(store);
        long empty = used(server);

        for (int i = 0; i < JOBS; i += BATCH) {
            List<NewJob> batch = new ArrayList<>();
            for (int k = i; k < i + BATCH; k++) {
                batch.add(NewJob.of(String.format("%026d", k), QUEUE, "send", new byte[PAYLOAD]));
            }
            store.intake().push(batch);
        }
        long waiting = (used(server) - empty) / JOBS;
        for (int done = 0; done < JOBS; done += BATCH) {
            assign(store, "n1", BATCH);
            complete(store, take(store, "n1", BATCH));
        }
        long remembered = (used(server) - empty) / JOBS;
        forgetAll(store);
        // The server gives the slots of its emptied tables back by and by.
        long forgotten =
                await().atMost(Duration.ofSeconds(20)).until(() -> (used(server) - empty) / JOBS, bytes -> bytes < 10);

        LOG.warn(
                "Redis memory per job of {} bytes: waiting {} bytes, completed and remembered {} bytes, forgotten {} bytes",
                PAYLOAD,
                waiting,
                remembered,
                forgotten);
        assertThat(waiting).isLessThan(320);
        assertThat(remembered).isLessThan(180);
    }

    private static void forgetAll(RedisStore store) {
        Retention none = new Retention(Duration.ZERO, Duration.ZERO);
        while (store.leader().tend(FENCE, none, Instant.now(), 1000).forgotten() > 0) {
            // as long as there is something to forget
        }
    }

    private static long used(LocalServer server) {
        return ask(server, redis -> redis.info("memory"))
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }
}
