package io.muster.chaos.node;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.queue.Queue;
import io.muster.queue.job.JobContext;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreException;
import io.muster.queue.worker.PoolListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A node in a process of its own, which writes down what its handlers do and what becomes of that. Ends gracefully on SIGTERM. */
public final class NodeMain {
    /** Printed once it works. */
    public static final String READY = "node is ready";

    private static final String POOL = "default";
    private static final long AGAIN_MILLIS = 500;

    private final Scribe scribe;

    private NodeMain(Scribe scribe) {
        this.scribe = scribe;
    }

    public static void main(String[] words) throws InterruptedException {
        Arguments arguments = Arguments.of(words);
        String name = arguments.text("muster.node-id");
        Scribe scribe = Scribe.of(name, arguments.folder());
        scribe.write(
                Kind.STARTED,
                Map.of("pid", Long.toString(ProcessHandle.current().pid()), "role", "node"));
        NodeMain node = new NodeMain(scribe);
        Queue queue = node.started(arguments);
        queue.listen(POOL, node.new Settled());
        Subscription leaders = Leaders.tell(queue, scribe);
        Trust.tell(queue, scribe);
        Figures.tell(scribe, queue);
        RestFigures.tell(scribe, arguments.folder());
        HeapFiller.watch(HeapFiller.file(arguments.folder(), name));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            leaders.close();
                            queue.close();
                            scribe.write(Kind.STOPPED, Map.of());
                        },
                        "close"));
        System.out.println(READY);
        new CountDownLatch(1).await();
    }

    /** Tries again in this process: on a busy machine a new one is not ready to talk before its time to connect is over. */
    private Queue started(Arguments arguments) throws InterruptedException {
        while (true) {
            try {
                return Queue.of(arguments.settings())
                        .handle(Piece.TYPE, Piece.class, this::run)
                        .start();
            } catch (ClusterException | StoreException e) {
                System.err.println("Not started yet: " + e);
                Thread.sleep(AGAIN_MILLIS);
            }
        }
    }

    private void run(Piece piece, JobContext context) throws InterruptedException {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("job", context.jobId());
        said.put("plan", piece.plan());
        said.put("part", piece.part());
        said.put("fence", Long.toString(context.fencingToken()));
        said.put("attempt", Integer.toString(context.attempt()));
        said.put("crashes", Integer.toString(context.crashes()));
        said.put("overlap", piece.overlap());
        scribe.write(Kind.BEGAN, said);
        String how = "stopped";
        try {
            Thread.sleep(piece.millis());
            how = context.attempt() <= piece.failures() ? "threw" : "done";
        } finally {
            scribe.write(
                    Kind.ENDED,
                    Map.of("job", context.jobId(), "fence", Long.toString(context.fencingToken()), "how", how));
        }
        if (how.equals("threw")) {
            throw new IllegalStateException("attempt " + context.attempt() + " was to fail");
        }
    }

    private final class Settled implements PoolListener {
        @Override
        public void completed(Attempt attempt) {
            write(attempt, "completed");
        }

        @Override
        public void failed(Attempt attempt, Settlement.Failed failure) {
            write(attempt, "failed");
        }

        private void write(Attempt attempt, String how) {
            scribe.write(
                    Kind.SETTLED,
                    Map.of(
                            "job", attempt.token().jobId(),
                            "fence", Long.toString(attempt.fencingToken()),
                            "number", Long.toString(attempt.token().number()),
                            "incarnation", attempt.token().incarnation(),
                            "how", how));
        }
    }
}
