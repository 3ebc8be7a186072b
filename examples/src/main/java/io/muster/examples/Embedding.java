package io.muster.examples;

import io.muster.cluster.consul.ConsulConfig;
import io.muster.cluster.etcd.EtcdConfig;
import io.muster.cluster.redis.RedisConfig;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.zookeeper.ZooKeeperConfig;
import io.muster.queue.NodeView;
import io.muster.queue.Queue;
import io.muster.queue.QueueStats;
import java.time.Duration;
import java.util.List;

/** Embeds a node by a typed config instead of a URI, works for a while, and looks at the cluster from within. */
public final class Embedding {
    private Embedding() {}

    /** Work to do. */
    record Square(int number) {}

    /** What one sees of the cluster from a node. */
    record View(QueueStats stats, List<NodeView> nodes) {}

    /** Redis: one server, a password, the third database. */
    static BackendConfig redis(String address, String password) {
        return RedisConfig.at(address).withPassword(password).withDatabase(2);
    }

    /** etcd: the endpoints of a cluster. */
    static BackendConfig etcd(String... endpoints) {
        return EtcdConfig.at(endpoints).withConnectTimeout(Duration.ofSeconds(3));
    }

    /** Consul: the agent of this machine. */
    static BackendConfig consul(String host, int port) {
        return ConsulConfig.at(host, port);
    }

    /** ZooKeeper: some servers of the ensemble. */
    static BackendConfig zooKeeper(String... servers) {
        return ZooKeeperConfig.of(servers);
    }

    /** A node's whole life: joins, pushes, works, looks around, drains and leaves. */
    static View live(BackendConfig coordinator, int jobs) {
        try (Queue queue = Queue.named("embedding")
                .cluster(coordinator)
                .settings(settings -> settings.withNodeId("node-a").withWorkerCount(4))
                .handle(
                        "square",
                        Square.class,
                        (square, context) -> Math.multiplyExact(square.number(), square.number()))
                .start()) {
            for (int number = 1; number <= jobs; number++) {
                queue.push(new Square(number));
            }
            return new View(queue.stats(), queue.nodes());
        }
    }

    public static void main(String[] args) {
        View view = live(RedisConfig.at(args.length > 0 ? args[0] : "localhost:6379"), 100);
        System.out.println("leader: " + view.stats().leaderId().orElse("none"));
        view.stats().queues().forEach(System.out::println);
        view.nodes().forEach(node -> System.out.println(node.node().id() + " " + node.pools()));
    }
}
