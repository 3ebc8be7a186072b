package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.store.Fence;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that stands still in the middle of a transaction, its connection open and its rows locked. */
abstract class PausedTransactionContract {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Fence FORMER = new Fence("default", "coordinator", 1);
    private static final Fence NEXT = new Fence("default", "coordinator", 2);

    private final CountDownLatch locked = new CountDownLatch(1);
    private final CountDownLatch thawed = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private JdbcEnvironment environment;

    abstract JdbcEnvironment openEnvironment();

    @BeforeEach
    void open() {
        environment = openEnvironment();
    }

    @AfterEach
    void close() {
        thawed.countDown();
        thread.shutdown();
        environment.close();
    }

    @Test
    @Tag("C11")
    void doesNotKeepASuccessorFromWritingAndWritesNothingItself() throws InterruptedException {
        JdbcStore paused = environment.openStore();
        JdbcStore next = environment.openStore();
        Future<Boolean> write = thread.submit(() -> paused.database().transaction("write as leader", session -> {
            boolean raised = new Fences(session).install(FORMER);
            locked.countDown();
            try {
                thawed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return raised;
        }));
        locked.await();

        await().atMost(LIMIT)
                .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                .until(() -> {
                    next.leader().install(NEXT);
                    return true;
                });
        thawed.countDown();

        assertThatThrownBy(write::get).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> paused.leader().install(FORMER)).isInstanceOf(StaleFenceException.class);
        assertThat(write).isDone();
    }
}
