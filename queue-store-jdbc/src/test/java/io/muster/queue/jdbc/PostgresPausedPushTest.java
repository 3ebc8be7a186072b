package io.muster.queue.jdbc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A leader is not woken by pushes to a queue that it knows to be paused, and by all others. */
@Tag("Q2")
@Tag("Q5")
class PostgresPausedPushTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    /** The first assignment to a pool, and as many after it, go the long way. */
    private static final int UNTIL_USUAL = 25;

    private final AtomicInteger hints = new AtomicInteger();
    private final AtomicInteger seen = new AtomicInteger();
    private JdbcEnvironment environment;
    private JdbcStore leading;
    private JdbcStore producing;

    @BeforeEach
    void open() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        environment = new JdbcEnvironment(server.get().uri().toString(), "pausedpush");
        leading = environment.openStore();
        producing = environment.openStore();
        JdbcStore observing = environment.openStore();
        leading.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.now()), Optional.empty());
        leading.leader().onReady(hints::incrementAndGet);
        observing.leader().onReady(seen::incrementAndGet);
        // Both hear from now on.
        await().atMost(PATIENCE).until(() -> {
            push("warm");
            return hints.get() > 2 && seen.get() > 2;
        });
        producing.intake().pause("mail", "test");
        for (int i = 0; i < UNTIL_USUAL; i++) {
            leading.leader().assign(FENCE, List.of(new Grant("n1", "main", List.of("mail", "other"), Set.of(), 1)));
        }
    }

    @AfterEach
    void close() {
        if (environment != null) {
            environment.close();
        }
    }

    @Test
    void onlyPushesToOtherQueuesAreHintsOnceItIsKnown() {
        await("a round without a hint of another kind").atMost(PATIENCE).until(() -> {
            settle();
            int before = hints.get();
            int seenBefore = seen.get();

            push("mail");

            await("who knows of no pause").atMost(PATIENCE).until(() -> seen.get() > seenBefore);
            push("other");
            await().atMost(PATIENCE).until(() -> hints.get() > before);
            return hints.get() == before + 1;
        });
    }

    @Test
    void aQueueThatGoesOnIsAHintAndSoIsEachPushFromThenOn() {
        settle();
        int before = hints.get();

        producing.intake().resume("mail");

        await().atMost(PATIENCE).until(() -> hints.get() > before);
        int resumed = hints.get();
        push("mail");
        await().atMost(PATIENCE).until(() -> hints.get() > resumed);
    }

    @Test
    void aDelayedJobIsAHintOnAPausedQueueToo() {
        settle();
        int before = hints.get();

        producing.intake().push(List.of(job("mail").withDueAt(Instant.now().plusSeconds(60))));

        await().atMost(PATIENCE).until(() -> hints.get() > before);
    }

    /** Looks once more, after all that was told before. */
    private void settle() {
        int before = hints.get();
        push("other");
        await().atMost(PATIENCE).until(() -> hints.get() > before);
        leading.leader().assign(FENCE, List.of(new Grant("n1", "main", List.of("mail", "other"), Set.of(), 1)));
    }

    private void push(String queue) {
        producing.intake().push(List.of(job(queue)));
    }

    private static NewJob job(String queue) {
        return NewJob.of(queue + "-" + System.nanoTime(), queue, "send", new byte[] {1});
    }
}
