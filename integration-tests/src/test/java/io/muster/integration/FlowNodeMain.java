package io.muster.integration;

import io.muster.queue.Connections;
import io.muster.queue.worker.PoolOptions;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A node of two connections that works off chains and batches. Arguments: a file for what it runs, one line {@code name job} each, then {@code
 * name=value} for its connections.
 */
public final class FlowNodeMain {
    static final String READY = "flow node is ready";
    static final String HOME = "home";
    static final String AWAY = "away";
    static final String BROKEN = "broken";

    private FlowNodeMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        OutputStream lines = new FileOutputStream(arguments[0], true);
        PoolOptions pool = PoolOptions.of("default", "media").withConcurrency(2);
        Connections connections = Connections.of(settings)
                .each(queue -> queue.handle(FlowStep.TYPE, FlowStep.class, (step, context) -> {
                    // One write per line: a killed process leaves whole lines.
                    lines.write((step.name() + " " + context.jobId() + "\n").getBytes(StandardCharsets.UTF_8));
                    Thread.sleep(step.millis());
                    if (step.name().equals(BROKEN)) {
                        throw new IllegalStateException(BROKEN);
                    }
                }))
                .work(HOME, pool)
                .work(AWAY, pool)
                .open();
        Runtime.getRuntime().addShutdownHook(new Thread(connections::close, "close"));
        System.out.println(READY);
        new CountDownLatch(1).await();
    }

    /**
     * A job that takes its time.
     *
     * @param name what it is called in the case
     */
    public record FlowStep(String name, long millis) {
        static final String TYPE = "flow";
    }
}
