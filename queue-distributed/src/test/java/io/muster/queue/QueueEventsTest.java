package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.Subscription;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.event.QueueEvent.AfterJob;
import io.muster.queue.event.QueueEvent.BeforeJob;
import io.muster.queue.event.QueueEvent.ExceptionOccurred;
import io.muster.queue.event.QueueEvent.JobFailed;
import io.muster.queue.event.QueueEvent.JobQueued;
import io.muster.queue.event.QueueEvent.LeadershipChanged;
import io.muster.queue.event.QueueEvent.Looping;
import io.muster.queue.event.QueueEvent.NodeJoined;
import io.muster.queue.event.QueueEvent.NodeLeft;
import io.muster.queue.event.QueueEvent.WorkerStopping;
import io.muster.queue.failed.FailedFilter;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.store.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events and failed jobs from outside: nodes in this process. */
class QueueEventsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String coordinator = "local:" + UUID.randomUUID();
    private final List<Queue> opened = new ArrayList<>();
    private final List<QueueEvent> heard = new CopyOnWriteArrayList<>();
    private final AtomicBoolean broken = new AtomicBoolean(true);

    record Mail(String to) {}

    @AfterEach
    void closeAll() {
        opened.forEach(Queue::close);
    }

    @Test
    @Tag("F2")
    void theLifeOfAJobIsTold() {
        Queue queue = node("a");
        broken.set(false);

        String id = queue.pushOn("mail", new Mail("ada"));

        await().atMost(PATIENCE).until(() -> !only(AfterJob.class).isEmpty());
        assertThat(only(JobQueued.class)).containsExactly(new JobQueued("default", "mail", "mail", id));
        assertThat(only(Looping.class)).isNotEmpty().allSatisfy(loop -> assertThat(loop.queues())
                .contains("mail"));
        BeforeJob before = only(BeforeJob.class).get(0);
        assertThat(before.connection()).isEqualTo("default");
        assertThat(before.job().id()).isEqualTo(id);
        assertThat(before.job().queue()).isEqualTo("mail");
        assertThat(before.job().attempt()).isEqualTo(1);
        assertThat(new String(before.job().payload(), StandardCharsets.UTF_8)).contains("ada");
        assertThat(only(AfterJob.class).get(0).job().id()).isEqualTo(id);
        assertThat(heard.indexOf(before))
                .isLessThan(heard.indexOf(only(AfterJob.class).get(0)));
        assertThat(only(JobFailed.class)).isEmpty();
        assertThat(queue.droppedEvents()).isZero();
    }

    @Test
    @Tag("F2")
    @Tag("F1")
    void aFailureIsToldWithItsCauseAndKeptWithItsNode() {
        Queue queue = node("a");

        String id = queue.pushOn("mail", new Mail("ada"));

        await().atMost(PATIENCE).until(() -> !only(JobFailed.class).isEmpty());
        List<ExceptionOccurred> thrown = only(ExceptionOccurred.class);
        assertThat(thrown).hasSize(2).allSatisfy(one -> assertThat(one.exception())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no ada"));
        JobFailed failed = only(JobFailed.class).get(0);
        assertThat(failed.job().id()).isEqualTo(id);
        assertThat(failed.job().attempt()).isEqualTo(2);
        assertThat(failed.cause()).contains("no ada");
        assertThat(failed.stackTrace()).contains("IllegalStateException", "QueueEventsTest");
        FailedJob kept = queue.failed().find(id).orElseThrow();
        assertThat(kept.node()).contains("a");
        assertThat(kept.exception()).contains("no ada");
        assertThat(kept.stackTrace()).isEqualTo(failed.stackTrace());
        assertThat(kept.failedAt()).isPresent();
        assertThat(kept.attempts().exceptions()).isEqualTo(2);
        assertThat(kept.connection()).isEqualTo("default");
    }

    @Test
    @Tag("F1")
    void aRetriedJobRunsAgainWithAllItsTries() {
        Queue queue = node("a");
        String id = queue.pushOn("mail", new Mail("ada"));
        await().atMost(PATIENCE).until(() -> state(queue, id) == JobState.FAILED);
        broken.set(false);

        assertThat(queue.failed().retry(FailedFilter.ALL.onQueue("mail")).retried())
                .isEqualTo(1);

        await().atMost(PATIENCE).until(() -> state(queue, id) == JobState.COMPLETED);
        assertThat(queue.find(id).orElseThrow().counters().starts()).isEqualTo(1);
        assertThat(queue.failed().list(FailedFilter.ALL, Optional.empty(), 10).jobs())
                .isEmpty();
    }

    @Test
    @Tag("F2")
    void whoLeadsAndWhoComesAndGoesIsTold() {
        Queue first = node("a");
        await().atMost(PATIENCE).until(() -> !only(LeadershipChanged.class).isEmpty());
        assertThat(only(LeadershipChanged.class))
                .contains(new LeadershipChanged("default", Queue.GROUP, Optional.of("a")));
        Queue second = open(builder("b"));
        await().atMost(PATIENCE)
                .until(
                        () -> only(NodeJoined.class).stream()
                                .map(NodeJoined::node)
                                .toList(),
                        List.of("a", "b")::equals);

        second.close();

        await().atMost(PATIENCE)
                .until(() -> only(NodeLeft.class).stream().map(NodeLeft::node).anyMatch("b"::equals));
        first.close();
        assertThat(only(WorkerStopping.class)).contains(new WorkerStopping("default", "default"));
    }

    @Test
    @Tag("F2")
    void aListenerThatThrowsOrIsGoneChangesNothing() {
        Queue queue = node("a");
        broken.set(false);
        Subscription gone = queue.on(BeforeJob.class, event -> heard.add(new NodeLeft("gone", "gone", "gone")));
        gone.close();
        queue.on(BeforeJob.class, event -> {
            throw new IllegalStateException("listener, on purpose");
        });

        String id = queue.pushOn("mail", new Mail("ada"));

        await().atMost(PATIENCE).until(() -> state(queue, id) == JobState.COMPLETED);
        await().atMost(PATIENCE).until(() -> !only(AfterJob.class).isEmpty());
        assertThat(only(NodeLeft.class)).isEmpty();
    }

    @Test
    @Tag("F1")
    @Tag("F2")
    void whatRunsInItsCallerThrowsThereIsToldAndRecordsNothing() {
        Queue queue = node("a");

        assertThatThrownBy(() -> queue.job(new Mail("ada")).dispatchSync())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no ada");

        await().atMost(PATIENCE).until(() -> only(JobFailed.class).size() == 1);
        assertThat(only(ExceptionOccurred.class)).hasSize(1);
        assertThat(queue.failed().count()).isZero();
    }

    @Test
    @Tag("F1")
    @Tag("F2")
    void theSyncDriverThrowsToItsCallerAndRecordsNothing() {
        try (Connections connections = Connections.of(Map.of("muster.connection", "sync"))
                .handle("mail", Mail.class, (mail, context) -> {
                    throw new IllegalStateException("no " + mail.to());
                })
                .each(builder -> builder.on(QueueEvent.class, heard::add))
                .open()) {
            Connection sync = connections.on("sync");

            assertThatThrownBy(() -> sync.push(new Mail("ada")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no ada");

            await().atMost(PATIENCE).until(() -> only(JobFailed.class).size() == 1);
            assertThat(only(JobFailed.class).get(0).connection()).isEqualTo("sync");
            assertThat(sync.failed()).isEmpty();
        }
    }

    private Queue node(String name) {
        return open(builder(name).on(QueueEvent.class, heard::add));
    }

    private QueueBuilder builder(String name) {
        return Queue.named("test")
                .settings(settings -> settings.toBuilder()
                        .nodeId(name)
                        .queues(QueueOrder.strict("mail"))
                        .build())
                .cluster(coordinator)
                .store("cluster:")
                .handle(new JobType<>("mail", Mail.class, JobOptions.DEFAULT.withTries(2)), (mail, context) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("no " + mail.to());
                    }
                });
    }

    private Queue open(QueueBuilder builder) {
        Queue queue = builder.start();
        opened.add(queue);
        return queue;
    }

    private <E extends QueueEvent> List<E> only(Class<E> kind) {
        return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static JobState state(Queue queue, String id) {
        return queue.find(id).orElseThrow().state();
    }
}
