package io.muster.benchmarks.child;

import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.job.Batch;
import io.muster.queue.store.QueueCounts;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Pushes through the public API, as an embedding service would. */
final class MusterProducer implements Pushing {
    static final String TYPE = "bench";
    static final String QUEUE = "default";
    private static final int BATCH = 100_000;

    private final Queue queue;
    private final AtomicLong guarded = new AtomicLong();
    private volatile Optional<Guarded.Guard> guard = Optional.empty();

    MusterProducer(Queue queue) {
        this.queue = queue;
    }

    static MusterProducer connect(ChildSettings settings) {
        return new MusterProducer(Queue.of(settings(settings))
                .type(TYPE, Payload.class)
                .type(Guarded.TYPE, Guarded.class)
                .connect());
    }

    static QueueSettings settings(ChildSettings settings) {
        QueueSettings.Builder builder = QueueSettings.DEFAULT.toBuilder()
                .namespace(settings.text("namespace"))
                .cluster(settings.text("cluster"))
                .shutdownGrace(Duration.ofSeconds(1));
        QueueSettings built = builder.build();
        String store = settings.text("store", "");
        return store.isEmpty() ? built : built.withStore(store);
    }

    @Override
    public void push(Payload payload) {
        queue.push(payload);
    }

    @Override
    public CompletableFuture<?> pushAsync(Payload payload) {
        return queue.job(payload).dispatchAsync();
    }

    @Override
    public void bulk(List<Payload> payloads) {
        queue.bulk(
                QUEUE,
                guard.<List<?>>map(by -> payloads.stream()
                                .map(payload -> new Guarded(payload, by, "key-" + guarded.incrementAndGet()))
                                .toList())
                        .orElse(payloads));
    }

    @Override
    public long left() {
        return queue.stats().queues().stream()
                .filter(counts -> counts.queue().equals(QUEUE))
                .mapToLong(QueueCounts::live)
                .sum();
    }

    @Override
    public void pause() {
        queue.pause(QUEUE);
    }

    @Override
    public void resume() {
        queue.resume(QUEUE);
    }

    /**
     * {@code idle-queues}: so many queues that nobody serves, a job in each; {@code no-idle-queues}: empties them; {@code cleared}; {@code
     * guard-none} and so on: by what jobs that are pushed in bulk are {@link Guarded} from now on; {@code unguarded}; {@code batched}: so many jobs in batches of
     * a hundred thousand.
     */
    @Override
    public void prepare(String what, int count) {
        switch (what) {
            case "idle-queues" -> {
                for (int i = 0; i < count; i++) {
                    queue.bulk("idle-" + i, List.of(Payload.plain()));
                }
            }
            case "no-idle-queues" -> {
                for (int i = 0; i < count; i++) {
                    queue.clear("idle-" + i);
                }
            }
            case "guard-none" -> guard = Optional.of(Guarded.Guard.NONE);
            case "guard-limiter" -> guard = Optional.of(Guarded.Guard.LIMITER);
            case "guard-all" -> guard = Optional.of(Guarded.Guard.ALL);
            case "unguarded" -> guard = Optional.empty();
            case "batched" -> {
                for (int left = count; left > 0; left -= BATCH) {
                    Batch unused = queue.batch("bench")
                            .add(Collections.nCopies(Math.min(left, BATCH), Payload.plain()))
                            .dispatch();
                }
            }
            case "cleared" -> queue.clear(QUEUE);
            default -> throw new IllegalArgumentException("cannot prepare " + what);
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
