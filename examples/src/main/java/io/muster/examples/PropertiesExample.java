package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The same program on every coordinator: all it is told stands in {@code muster.properties}, and one line of that file, {@code
 * muster.cluster}, chooses among Redis, etcd, Consul, ZooKeeper and this process itself.
 */
public final class PropertiesExample {
    private static final int JOBS = 50;

    private PropertiesExample() {}

    /** Work to do. */
    record Count(int number) {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path file = Path.of(args.length > 0 ? args[0] : "muster.properties");
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        CountDownLatch counted = new CountDownLatch(JOBS);
        try (Queue queue = Queue.of(QueueSettings.of(properties))
                .handle("count", Count.class, (count, context) -> counted.countDown())
                .start()) {
            for (int number = 1; number <= JOBS; number++) {
                queue.push(new Count(number));
            }
            boolean all = counted.await(30, TimeUnit.SECONDS);
            System.out.println((all ? "all " + JOBS + " jobs ran on " : "some jobs did not run on ")
                    + queue.cluster().capabilities().backend());
        }
    }
}
