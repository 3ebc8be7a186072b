package io.muster.examples;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Lease;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.MessageListener;
import io.muster.cluster.NodeId;
import io.muster.cluster.Registration;
import io.muster.cluster.Term;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The cluster without jobs: two nodes see each other, lock, hand a lease over, elect a leader and send each other messages. */
public final class ClusterOnly {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private ClusterOnly() {}

    public static void main(String[] args) throws InterruptedException {
        String coordinator = args.length > 0 ? args[0] : "local:cluster-only";
        ClusterOptions options = ClusterOptions.named("offices");
        try (Cluster ada = Cluster.open(coordinator, options.withNodeId("ada"));
                Cluster grace = Cluster.open(coordinator, options.withNodeId("grace"))) {
            ada.register(Registration.of("10.0.0.1", 8080));
            grace.register(Registration.of("10.0.0.2", 8080));
            ada.nodes().forEach(node -> System.out.println("Node " + node.id().name()));
            lock(ada, grace);
            lease(ada, grace);
            elect(ada, grace);
            talk(ada, grace);
            grace.unregister();
            System.out.println("Left: " + ada.nodes().size());
        }
    }

    private static void lock(Cluster ada, Cluster grace) {
        Lock lock = ada.tryLock("printer", MINUTE).held().orElseThrow();
        if (grace.tryLock("printer", MINUTE) instanceof LockAttempt.Busy busy) {
            System.out.println("The printer is busy: " + busy.holder().name());
        }
        System.out.println("Release: " + lock.release());
        System.out.println("Again: " + lock.release());
        long later = grace.tryLock("printer", MINUTE).held().orElseThrow().fencingToken();
        System.out.println("The token has grown: " + (later > lock.fencingToken()));
    }

    private static void lease(Cluster ada, Cluster grace) {
        if (ada.tryLease("archive", MINUTE) instanceof LeaseAttempt.Held held) {
            Lease handed = grace.lease(held.lease().token());
            System.out.println("Grace renews: " + handed.renew());
            System.out.println("Grace releases: " + handed.release());
        }
    }

    private static void elect(Cluster ada, Cluster grace) throws InterruptedException {
        CountDownLatch adaLeads = new CountDownLatch(1);
        CountDownLatch graceLeads = new CountDownLatch(1);
        Candidacy first = ada.campaign("editor", telling("ada", adaLeads));
        adaLeads.await(20, TimeUnit.SECONDS);
        try (Candidacy second = grace.campaign("editor", telling("grace", graceLeads))) {
            System.out.println(
                    "Leader: " + grace.leader("editor").orElseThrow().node().name());
            first.close();
            graceLeads.await(20, TimeUnit.SECONDS);
            System.out.println("Grace leads: " + second.term().isPresent());
        }
    }

    private static LeadershipListener telling(String name, CountDownLatch gained) {
        return new LeadershipListener() {
            @Override
            public void gained(Term term) {
                System.out.println(name + " gained");
                gained.countDown();
            }

            @Override
            public void lost(Term term) {
                System.out.println(name + " lost");
            }
        };
    }

    private static void talk(Cluster ada, Cluster grace) throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        grace.subscribe("news", new MessageListener() {
            @Override
            public void onMessage(NodeId sender, byte[] message) {
                System.out.println(sender.name() + " says " + new String(message, StandardCharsets.UTF_8));
                heard.countDown();
            }
        });
        ada.broadcast("news", "tea is ready".getBytes(StandardCharsets.UTF_8));
        heard.await(20, TimeUnit.SECONDS);
    }
}
