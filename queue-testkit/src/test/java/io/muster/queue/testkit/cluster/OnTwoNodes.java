package io.muster.queue.testkit.cluster;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.explain.Cause;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** Two nodes of a simulated cluster that handle {@link Work} and {@link Fails}, and short ways to ask why a job does not run. */
abstract class OnTwoNodes {
    static final Duration SECOND = Duration.ofSeconds(1);

    final TestCluster cluster;
    final Queue queue;

    /** Takes that long. */
    record Work(int seconds) {}

    record Fails() {}

    /** {@code more} is what the nodes have beside the two handlers, a pool at least. */
    OnTwoNodes(Consumer<QueueBuilder> more) {
        this.cluster = TestCluster.of(2, builder -> {
            builder.handle(
                            "work",
                            Work.class,
                            (work, context) -> TestCluster.spend(SECOND.multipliedBy(work.seconds())))
                    .handle("fails", Fails.class, (job, context) -> {
                        throw new IllegalStateException("cannot be done");
                    });
            more.accept(builder);
        });
        this.queue = cluster.queue();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    final List<Cause> causes(String jobId) {
        return queue.explain(jobId).causes();
    }

    final void run(Duration duration) {
        cluster.advance(duration);
    }
}
