package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that are each as large as a store allows, where it does not take as many of them at once as of small ones. */
@Tag("Q4")
class LargePushesTest {
    private static final int JOBS = 40;

    private final Set<Integer> ran = ConcurrentHashMap.newKeySet();
    private Queue queue;

    record Report(int number, String text) {
        static List<Report> large() {
            return IntStream.range(0, JOBS).mapToObj(Report::large).toList();
        }

        static Report large(int number) {
            return new Report(number, "x".repeat(65_200));
        }
    }

    record Done(int jobs) {}

    @BeforeEach
    void start() {
        queue = Queue.named("large-" + UUID.randomUUID())
                .cluster("local:")
                .store("cluster:")
                .handle("report", Report.class, (report, context) -> ran.add(report.number()))
                .handle("done", Done.class, (done, context) -> ran.add(-done.jobs()))
                .start();
        long room = (long) queue.store().capabilities().mostPushBatch() * 65_200;
        assertThat(room).isGreaterThan(queue.store().capabilities().mostPushBytes());
    }

    @AfterEach
    void close() {
        queue.close();
    }

    @Test
    void aBulk() {
        assertThat(queue.bulk("default", Report.large())).hasSize(JOBS);

        assertThatAllRun();
    }

    @Test
    void callersWhoPushAtTheSameTime() {
        List<? extends CompletableFuture<?>> pushes = Report.large().stream()
                .map(report -> queue.job(report).dispatchAsync())
                .toList();

        pushes.forEach(CompletableFuture::join);
        assertThatAllRun();
    }

    @Test
    @Tag("W2")
    void aBatch() {
        queue.batch("reports").add(Report.large()).then(new Done(JOBS)).dispatch();

        assertThatAllRun();
        await().atMost(Duration.ofSeconds(30)).until(() -> ran.contains(-JOBS));
    }

    @Test
    @Tag("W2")
    void aBatchWithAsLargeAJobBeforeIt() {
        queue.batch("reports").before(Report.large(-1)).add(Report.large()).dispatch();

        assertThatAllRun();
        await().atMost(Duration.ofSeconds(30)).until(() -> ran.contains(-1));
    }

    @Test
    @Tag("W2")
    void aChainThatIsTooLargeIsRefusedBeforeItsBatchIsThere() {
        BatchBuilder batch = queue.batch("reports").add(Report.large()).addChain(Report.large(1), Report.large(2));

        assertThatThrownBy(batch::dispatch)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is too large");

        assertThat(queue.batches().list(Optional.empty(), 1).batches()).isEmpty();
    }

    private void assertThatAllRun() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ran.stream().filter(number -> number >= 0).count() == JOBS);
    }
}
