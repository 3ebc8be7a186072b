package io.muster.examples;

import io.muster.queue.Connections;
import io.muster.queue.Queue;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.Properties;

/** The program of the README, word by word. */
final class SendingMail {
    private SendingMail() {}

    /** Whatever sends mail in your service. */
    interface Mailer {
        void send(String to);
    }

    record SendMail(String to) {}

    static void embed(Mailer mailer) {
        try (Queue queue = Queue.named("shop")
                .cluster("etcd://localhost:2379") // redis:// consul:// zookeeper:// local:
                .handle("send-mail", SendMail.class, (mail, context) -> mailer.send(mail.to()))
                .pool(PoolOptions.of("default").withConcurrency(4))
                .start()) {
            queue.push(new SendMail("ada@example.org"));
            queue.later(Duration.ofMinutes(10), new SendMail("bob@example.org"));
            queue.stats(); // who leads, how many nodes, sizes by state
            queue.nodes(); // every node with its pools
        }
    }

    static void connect(Properties properties, Mailer mailer) {
        try (Connections connections = Connections.of(properties, System.getenv())
                .handle("send-mail", SendMail.class, (mail, context) -> mailer.send(mail.to()))
                .work("orders", PoolOptions.of(QueueOrder.parse("rush=5,incoming=1")))
                .open()) {
            connections.push(new SendMail("ada@example.org")); // the default connection, its default queue
            connections.on("reports").pushOn("nightly", new SendMail("bob@example.org"));
            connections.on("sync").push(new SendMail("eve@example.org")); // runs here and now
        }
    }
}
