package io.muster.benchmarks.child;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a coordinator does at best for jobs: transactions that compare one fence and write up to a hundred jobs, each with its index entry,
 * eight in flight. They go through the backend's own {@code commit}, which is thin. Verb: {@code drain MILLIS}, named after what it
 * is a ceiling of: a drained job is written twice at least, so half of this rate.
 */
final class FencedCeiling implements Actor {
    private static final int THREADS = 8;
    private static final Key FENCE = new Key("ceiling", "fence");

    private final Timeline timeline = SystemTimeline.instance();
    private final Backend backend;
    private final AtomicLong ids = new AtomicLong();
    private final byte[] payload = Payload.plain().text().repeat(2).getBytes(StandardCharsets.UTF_8);

    FencedCeiling(ChildSettings settings) {
        ConnectionUri uri = ConnectionUri.parse(settings.text("cluster"));
        backend = ServiceLoader.load(ClusterProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains(uri.scheme()))
                .findFirst()
                .orElseThrow()
                .config(uri)
                .open(settings.text("namespace"), timeline);
        backend.commit(Transaction.builder().write(Write.put(FENCE, payload)).build(), deadline());
    }

    @Override
    public Map<String, Object> perform(String verb, List<String> words) throws Exception {
        if (!verb.equals("drain")) {
            throw new IllegalArgumentException("this ceiling has no " + verb);
        }
        Entry fence = backend.read(FENCE, deadline()).orElseThrow();
        int jobs = Math.min(Ceiling.BATCH, (backend.capabilities().mostOperations() - 1) / 2);
        return Ceiling.loop(THREADS, Integer.parseInt(words.get(0)), thread -> () -> write(fence, jobs));
    }

    private int write(Entry fence, int jobs) {
        Transaction.Builder transaction = Transaction.builder().require(Compare.unchanged(fence));
        long first = ids.getAndAdd(jobs);
        for (long id = first; id < first + jobs; id++) {
            transaction.write(Write.put(Key.once("ceiling/jobs/" + id % 32, "j" + id), payload));
            transaction.write(Write.put(Key.once("ceiling/index/" + id % 32, "i" + id), new byte[0]));
        }
        CommitResult result = backend.commit(transaction.build(), deadline());
        if (!(result instanceof CommitResult.Committed)) {
            throw new IllegalStateException("the fence moved: " + result);
        }
        return jobs;
    }

    private Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(20), timeline.ticker());
    }

    @Override
    public void close() {
        backend.close();
    }
}
