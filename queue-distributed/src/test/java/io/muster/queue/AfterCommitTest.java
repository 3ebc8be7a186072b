package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Batch;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.transaction.TransactionBoundary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that wait for the application's transactions, on any connection. */
@Tag("J4")
class AfterCommitTest {
    private final Manual orders = new Manual();
    private final Manual stock = new Manual();
    private Optional<Queue> opened = Optional.empty();

    record Mail(String to) {}

    @JobName("receipt")
    @JobDefaults(afterCommit = true)
    record Receipt(int order) {}

    /** One kind of transactions, driven by the test. */
    private static final class Manual implements TransactionBoundary {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean open;

        @Override
        public boolean afterCommit(Runnable action) {
            if (open) {
                waiting.add(action);
            }
            return open;
        }

        void begin() {
            open = true;
        }

        void commit() {
            open = false;
            List<Runnable> now = List.copyOf(waiting);
            waiting.clear();
            now.forEach(Runnable::run);
        }

        void rollback() {
            open = false;
            waiting.clear();
        }
    }

    @AfterEach
    void close() {
        opened.ifPresent(Queue::close);
    }

    @Test
    void itIsPushedWhenAllOpenTransactionsHaveCommitted() {
        Queue queue = connect(builder());
        orders.begin();
        stock.begin();
        Dispatched said = queue.job(new Mail("ada")).afterCommit().dispatch();
        queue.push(new Receipt(7));

        stock.commit();
        assertThat(ready(queue)).isZero();
        orders.commit();

        assertThat(ready(queue)).isEqualTo(2);
        assertThat(said).isInstanceOf(Dispatched.AwaitsCommit.class);
        assertThat(queue.find(said.jobId())).isPresent();
    }

    @Test
    void itIsPushedAtOnceIfNoneIsOpenOrItSaysSo() {
        Queue queue = connect(builder().afterCommit());

        assertThat(queue.job(new Mail("ada")).dispatch()).isInstanceOf(Dispatched.Stored.class);
        stock.begin();
        assertThat(queue.job(new Mail("grace")).beforeCommit().dispatch()).isInstanceOf(Dispatched.Stored.class);
        assertThat(queue.job(new Mail("alan")).dispatch()).isInstanceOf(Dispatched.AwaitsCommit.class);

        assertThat(ready(queue)).isEqualTo(2);
    }

    @Test
    void aRollbackOfOneDropsItAndLeavesItsUniqueKeyFree() {
        Queue queue = connect(builder());
        orders.begin();
        stock.begin();
        queue.job(new Mail("ada")).unique("ada").afterCommit().dispatch();

        orders.rollback();
        stock.commit();
        Dispatched again = queue.job(new Mail("ada")).unique("ada").dispatch();

        assertThat(ready(queue)).isEqualTo(1);
        assertThat(again.holder()).isEmpty();
    }

    @Test
    void manyJobsAndThoseOfCallersThatDoNotWaitAwaitTheCommitToo() {
        Queue queue = connect(builder());
        orders.begin();
        queue.bulk("default", List.of(new Receipt(1), new Mail("ada"), new Receipt(2)));
        CompletableFuture<Dispatched> async = queue.job(new Receipt(3)).dispatchAsync();

        assertThat(async).isCompletedWithValueMatching(Dispatched.AwaitsCommit.class::isInstance);
        assertThat(ready(queue)).isEqualTo(1);
        orders.commit();

        assertThat(ready(queue)).isEqualTo(4);
    }

    @Test
    void aChainWaitsAsItsFirstJobSays() {
        Queue queue = connect(builder());
        orders.begin();

        Dispatched first = queue.chain(new Receipt(1), new Mail("ada")).dispatch();
        Dispatched free = queue.chain(new Mail("ada"), new Receipt(1)).dispatch();

        assertThat(first).isInstanceOf(Dispatched.AwaitsCommit.class);
        assertThat(free).isInstanceOf(Dispatched.Stored.class);
        assertThat(ready(queue)).isEqualTo(1);
        orders.commit();
        assertThat(queue.find(first.jobId())).isPresent();
        assertThat(ready(queue)).isEqualTo(2);
    }

    @Test
    void aBatchWaitsIfItOrOneOfItsJobsSaysSo() {
        Queue queue = connect(builder());
        orders.begin();

        Batch said = queue.batch("said").add(new Mail("ada")).afterCommit().dispatch();
        Batch byJob = queue.batch("job").add(new Mail("ada"), new Receipt(1)).dispatch();
        Batch atOnce = queue.batch("once").add(new Receipt(2)).beforeCommit().dispatch();
        Dispatched chained = queue.chain(queue.batch("head").add(new Receipt(3)), new Mail("grace"))
                .dispatch();

        assertThat(said.totalJobs()).isEqualTo(1);
        assertThat(byJob.totalJobs()).isEqualTo(2);
        assertThat(chained).isInstanceOf(Dispatched.AwaitsCommit.class);
        assertThat(queue.batches().find(said.id())).isEmpty();
        assertThat(queue.batches().find(byJob.id())).isEmpty();
        assertThat(queue.batches().find(atOnce.id())).isPresent();
        assertThat(ready(queue)).isEqualTo(1);
        orders.commit();
        assertThat(said.refreshed().totalJobs()).isEqualTo(1);
        assertThat(byJob.refreshed().pendingJobs()).isEqualTo(2);
        assertThat(ready(queue)).isEqualTo(5);
    }

    @Test
    void aBatchWhoseTransactionRollsBackNeverWas() {
        Queue queue = connect(builder().afterCommit());
        orders.begin();

        Batch batch = queue.batch("dropped").add(new Mail("ada")).dispatch();
        orders.rollback();

        assertThat(queue.batches().find(batch.id())).isEmpty();
        assertThat(ready(queue)).isZero();
    }

    @Test
    void whereNobodyTellsOfTransactionsItIsRefused() {
        Queue queue = connect(Queue.named("commit-" + UUID.randomUUID()).type("mail", Mail.class));

        assertThatThrownBy(() -> queue.job(new Mail("ada")).afterCommit().dispatch())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("QueueBuilder.transactions");
        assertThatThrownBy(() -> Queue.named("x").afterCommit().connect())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("QueueBuilder.transactions");
    }

    private QueueBuilder builder() {
        return Queue.named("commit-" + UUID.randomUUID())
                .transactions(orders, stock)
                .type("mail", Mail.class)
                .type(Receipt.class);
    }

    private Queue connect(QueueBuilder builder) {
        Queue queue = builder.cluster("local:").connect();
        opened = Optional.of(queue);
        return queue;
    }

    private static long ready(Queue queue) {
        return queue.size("default").ready();
    }
}
