package io.muster.examples.service;

import io.muster.cluster.Registration;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.IndexHandler;
import io.muster.queue.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One process of the service: {@code ServiceMain CLUSTER-URI NAME PORT}. Start as many as you like; TERM or Ctrl-C drains one.
 *
 * <pre>
 * curl -X POST 'localhost:8081/index?path=/etc/hostname'
 * curl localhost:8082/stats
 * curl localhost:8083/nodes
 * curl localhost:8081/health
 * </pre>
 */
public final class ServiceMain {
    private static final Duration FOREVER = Duration.ofDays(36_500);
    private static final Duration GRACE = Duration.ofSeconds(25);

    private ServiceMain() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: ServiceMain CLUSTER-URI NAME PORT (0 is any free port)");
            System.exit(2);
        }
        CompletableFuture<Void> stop = new CompletableFuture<>();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Timeline timeline = SystemTimeline.instance();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.complete(null);
            timeline.await(stopped, Deadline.after(GRACE, timeline.ticker()));
        }));
        serve(args[0], args[1], Integer.parseInt(args[2]), stop);
        stopped.complete(null);
    }

    private static void serve(String cluster, String name, int port, CompletableFuture<Void> stop) throws IOException {
        IndexedFiles indexed = new IndexedFiles();
        try (HttpFront front = HttpFront.bind(port);
                Queue queue = Queue.named("service")
                        .cluster(cluster)
                        .settings(settings -> settings.withNodeId(name))
                        .registration(Registration.of("localhost", front.port()))
                        .handle(IndexFile.TYPE, new IndexHandler(indexed))
                        .start()) {
            front.serve(queue, indexed);
            System.out.println(name + " listens on http://localhost:" + front.port());
            Timeline timeline = SystemTimeline.instance();
            timeline.await(stop, Deadline.after(FOREVER, timeline.ticker()));
        }
    }
}
