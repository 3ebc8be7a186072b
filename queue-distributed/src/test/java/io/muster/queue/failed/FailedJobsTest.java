package io.muster.queue.failed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("F1")
class FailedJobsTest {
    private static final Fence FENCE = new Fence("default", "a", 1);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final MemoryStore store = MemoryStore.open(new MemoryOptions(5000), timeline);
    private final FailedJobs failed = new FailedJobs("orders", store, timeline.clock());

    record Mail(String to) {}

    @BeforeEach
    void admit() {
        store.nodes()
                .admit(IncarnationRecord.admitted("inc", "n", timeline.clock().instant()), Optional.empty());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aFailedJobIsShownWithAllThatIsKnown() {
        fail(job("a", "mail", "send", "vip", "eu"), "Failed on node n7\njava.io.IOException: down\n\tat X.y");

        FailedJob job = failed.find("a").orElseThrow();

        assertThat(job.connection()).isEqualTo("orders");
        assertThat(job.queue()).isEqualTo("mail");
        assertThat(job.type()).isEqualTo("send");
        assertThat(job.tags()).containsExactlyInAnyOrder("vip", "eu");
        assertThat(job.failedAt()).contains(timeline.clock().instant());
        assertThat(job.exception()).isEqualTo("down");
        assertThat(job.stackTrace()).isEqualTo("java.io.IOException: down\n\tat X.y");
        assertThat(job.node()).contains("n7");
        assertThat(job.attempts()).isEqualTo(new Counters(1, 0, 1, 0, 0, 0));
        assertThat(failed.find("unknown")).isEmpty();
        store.intake().push(List.of(job("ready", "mail", "send")));
        assertThat(failed.find("ready")).isEmpty();
    }

    @Test
    void pagesGoThroughAllQueuesOnce() {
        for (String queue : List.of("b", "a", "ü/1", "c c")) {
            IntStream.range(0, 7).forEach(i -> fail(job(queue.hashCode() + "-" + i, queue, "send"), ""));
        }

        List<String> ids = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            FailedPage page = failed.list(FailedFilter.ALL, from, 3);
            assertThat(page.jobs()).hasSizeLessThanOrEqualTo(3);
            assertThat(page.jobs().size() == 3 || page.next().isEmpty()).isTrue();
            page.jobs().forEach(job -> ids.add(job.id()));
            from = page.next();
        } while (from.isPresent());

        assertThat(ids).hasSize(28).doesNotHaveDuplicates();
        assertThat(failed.count()).isEqualTo(28);
        assertThatThrownBy(() -> failed.list(FailedFilter.ALL, Optional.empty(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void listingsAndRetriesGoByQueueTypeTagAndMoment() {
        fail(job("old", "mail", "send", "vip"), "");
        timeline.advance(Duration.ofHours(1));
        fail(job("mail", "mail", "send"), "");
        fail(job("other-type", "mail", "paint", "vip"), "");
        fail(job("other-queue", "letters", "send", "vip"), "");

        assertThat(ids(FailedFilter.ALL.onQueue("mail"))).containsExactlyInAnyOrder("old", "mail", "other-type");
        assertThat(ids(FailedFilter.ALL.ofType("send"))).containsExactlyInAnyOrder("old", "mail", "other-queue");
        assertThat(ids(FailedFilter.ALL.tagged("vip"))).containsExactlyInAnyOrder("old", "other-type", "other-queue");
        assertThat(ids(FailedFilter.ALL.failedBefore(timeline.clock().instant().minusSeconds(60))))
                .containsExactly("old");

        assertThat(failed.retry(FailedFilter.ALL.onQueue("mail").tagged("vip").ofType("send")))
                .isEqualTo(new RetryReport(1, 0, 0, List.of()));
        assertThat(ids(FailedFilter.ALL)).containsExactlyInAnyOrder("mail", "other-type", "other-queue");
        assertThat(failed.retry(FailedFilter.ALL).retried()).isEqualTo(3);
        assertThat(failed.count()).isZero();
    }

    @Test
    void aRetryOfManySaysWhichKeysStoodInTheWay() {
        IntStream.range(0, 450).forEach(i -> fail(job("job-" + i, "mail", "send"), ""));
        fail(job("held", "mail", "send").withUnique(UniqueKey.of("key")), "");
        store.intake().push(List.of(job("holder", "mail", "send").withUnique(UniqueKey.of("key"))));

        RetryReport report = failed.retry(FailedFilter.ALL);

        assertThat(report)
                .isEqualTo(new RetryReport(450, 0, 1, List.of(new RetryOutcome.DuplicateOf("held", "holder"))));
        assertThat(failed.count()).isEqualTo(1);
    }

    @Test
    void namedOnesAreRetriedAndForgottenAlsoIfTheyAreManyMoreThanOneCallTakes() {
        List<String> ids = IntStream.range(0, 1200).mapToObj(i -> "job-" + i).toList();
        ids.forEach(id -> fail(job(id, "mail", "send"), ""));

        assertThat(failed.retry(List.of("job-0", "unknown")))
                .containsExactly(new RetryOutcome.Retried("job-0"), new RetryOutcome.NotFailed("unknown"));
        assertThat(failed.forget(ids)).containsExactlyElementsOf(ids.subList(1, 1200));
        assertThat(failed.count()).isZero();
    }

    @Test
    void pruningLeavesADayAndFlushingNothing() {
        fail(job("old", "mail", "send"), "");
        timeline.advance(Duration.ofHours(23));
        fail(job("day", "mail", "send"), "");
        assertThat(failed.prune()).isZero();
        timeline.advance(Duration.ofHours(2));

        assertThat(failed.prune()).isEqualTo(1);
        assertThat(failed.flush(Duration.ofHours(3))).isZero();
        assertThat(failed.flush()).isEqualTo(1);
        assertThat(failed.count()).isZero();
    }

    private List<String> ids(FailedFilter filter) {
        return failed.list(filter, Optional.empty(), 100).jobs().stream()
                .map(FailedJob::id)
                .toList();
    }

    private static NewJob job(String id, String queue, String type, String... tags) {
        JobOptions options = tags.length == 0 ? JobOptions.DEFAULT : JobOptions.DEFAULT.withTags(tags);
        return NewJob.of(id, queue, type, JobEnvelope.write(new Mail("ada"), options));
    }

    private void fail(NewJob job, String detail) {
        store.intake().push(List.of(job));
        store.leader().assign(FENCE, List.of(new Grant("inc", "main", List.of(job.queue()), Set.of(), 1)));
        Attempt attempt = store.nodes()
                .exchange(new Exchange("inc", "main", List.of(), 1, Optional.empty()))
                .taken()
                .get(0);
        Settlement end =
                Settlement.of(attempt.token(), new Settlement.Failed("down", detail, Settlement.Why.EXCEPTION));
        store.nodes().exchange(new Exchange("inc", "main", List.of(end), 0, Optional.empty()));
    }
}
