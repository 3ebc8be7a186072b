package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;

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
}
