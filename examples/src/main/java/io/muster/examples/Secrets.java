package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Encrypted;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A job whose data is encrypted wherever it is kept. */
public final class Secrets {
    private static final CountDownLatch CHARGED = new CountDownLatch(2);

    private Secrets() {}

    @JobName("card.charge")
    record ChargeCard(String card) implements Job, Encrypted {
        @Override
        public void handle(JobContext context) {
            System.out.println("Charged " + card);
            CHARGED.countDown();
        }
    }

    @JobName("receipt.send")
    record SendReceipt(String address) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Sent a receipt to " + address);
            CHARGED.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        String keys = EncryptionKeys.generate("2026-11"); // from QUEUE_KEYS or muster.keys, the same on all nodes
        try (Queue queue = Queue.named("secrets")
                .cluster(args.length > 0 ? args[0] : "local:")
                .keys(EncryptionKeys.parse(keys))
                .job(ChargeCard.class)
                .job(SendReceipt.class)
                .start()) {
            queue.pause("default");
            String id = queue.push(new ChargeCard("4929 1234"));
            queue.job(new SendReceipt("ada@example.org")).encrypted().dispatch();
            String kept = new String(queue.find(id).orElseThrow().payload(), StandardCharsets.UTF_8);
            System.out.println("The store can read the card: " + kept.contains("4929"));
            queue.resume("default");
            CHARGED.await(20, TimeUnit.SECONDS);
        }
    }
}
