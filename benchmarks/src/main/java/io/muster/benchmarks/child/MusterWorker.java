package io.muster.benchmarks.child;

import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.QueueSettings.JobDistribution;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.store.Retention;
import io.muster.queue.worker.PoolStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A node as a real embedder has it: may lead, has one pool. */
final class MusterWorker implements Working {
    private final Queue queue;

    private MusterWorker(Queue queue) {
        this.queue = queue;
    }

    static MusterWorker start(ChildSettings settings) {
        String name = settings.text("name");
        Meter.INSTANCE.self(name);
        Retention retention = Optional.ofNullable(settings.values().get("retain"))
                .map(text -> new Retention(Duration.parse(text), Retention.DEFAULT.failed()))
                .orElse(Retention.DEFAULT);
        QueueSettings queueSettings =
                MusterProducer.settings(settings)
                        .withNodeId(name)
                        .withWorkerCount(settings.number("concurrency", 10))
                        .toBuilder()
                        .retention(retention)
                        .queues(served(settings.number("serves", 0)))
                        .jobDistribution(
                                settings.text("distribution", "on").equals("on")
                                        ? JobDistribution.ENABLED
                                        : JobDistribution.DISABLED)
                        .build();
        return new MusterWorker(Queue.of(queueSettings)
                .handle(MusterProducer.TYPE, Payload.class, (payload, context) -> Meter.INSTANCE.run(payload))
                .handle(Guarded.TYPE, Guarded.class, (guarded, context) -> Meter.INSTANCE.run(guarded.payload()))
                .limiter(Guarded.LIMITER, Guarded.LIMIT)
                .start());
    }

    /** The bench's own queue, and behind it so many others, in which there is next to nothing. */
    private static QueueOrder served(int others) {
        List<String> queues = new ArrayList<>(List.of(MusterProducer.QUEUE));
        IntStream.range(0, others).forEach(number -> queues.add("idle-" + number));
        return QueueOrder.strict(queues);
    }

    Queue queue() {
        return queue;
    }

    @Override
    public Map<String, Object> introduction() {
        return Map.of("ttl", queue.cluster().session().effectiveTtl().toMillis());
    }

    @Override
    public long settled() {
        return queue.pools().stream().mapToLong(PoolStats::processed).sum();
    }

    @Override
    public void close() {
        queue.close();
    }
}
