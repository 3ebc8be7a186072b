package io.muster.integration;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.worker.PoolListener;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/**
 * A node in a process of its own. Arguments: a file for its {@link Line}s, then {@code name=value} for {@link QueueSettings}. Ends
 * on SIGTERM, gracefully.
 */
public final class NodeMain {
    static final String READY = "node is ready";

    /** Setting: where to look for the orders of a {@link StoppingStore}, without which there is none. */
    static final String STOPS = "test.stops";

    private static final String POOL = "default";

    /** A stream, for an interrupt in the middle of a write would close a channel for all handlers to come. */
    private final OutputStream lines;

    private final String node;

    private NodeMain(OutputStream lines, String node) {
        this.lines = lines;
        this.node = node;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Properties properties = new Properties();
        for (int i = 1; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            properties.putAll(Map.of(pair[0], pair[1]));
        }
        properties.putIfAbsent("muster.reclaim-after", "3m");
        Optional<Path> stops = Optional.ofNullable(properties.remove(STOPS)).map(told -> Path.of(told.toString()));
        QueueSettings settings = QueueSettings.of(properties);
        OutputStream lines = new FileOutputStream(arguments[0], true);
        NodeMain node = new NodeMain(lines, settings.nodeId().orElseThrow());
        JobOptions options = JobOptions.DEFAULT.withTries(5).withTimeout(Duration.ofMinutes(2));
        QueueBuilder builder = Queue.of(settings).handle(new JobType<>(Work.TYPE, Work.class, options), node::run);
        stops.ifPresent(orders -> builder.store(cluster -> StoppingStore.open(settings, cluster, orders)));
        Queue queue = builder.start();
        queue.listen(POOL, node.new Settled());
        Runtime.getRuntime().addShutdownHook(new Thread(queue::close, "close"));
        System.out.println(READY);
        new CountDownLatch(1).await();
    }

    private void run(Work work, JobContext context) throws InterruptedException {
        write(Line.Kind.BEGAN, context.jobId(), context.attempt(), context.crashes(), context.fencingToken());
        Thread.sleep(work.millis());
        write(Line.Kind.DONE, context.jobId(), context.attempt(), context.crashes(), context.fencingToken());
    }

    /** One write per line: a killed process leaves whole lines. */
    private void write(Line.Kind kind, String job, int attempt, int crashes, long fencingToken) {
        String line = new Line(kind, job, node, attempt, crashes, fencingToken).text() + "\n";
        try {
            lines.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("Could not write what happened", e);
        }
    }

    private final class Settled implements PoolListener {
        @Override
        public void completed(Attempt attempt) {
            write(Line.Kind.SETTLED, attempt.token().jobId(), 0, 0, 0);
        }

        @Override
        public void failed(Attempt attempt, Settlement.Failed failure) {
            write(Line.Kind.FAILED, attempt.token().jobId(), 0, 0, 0);
        }
    }
}
