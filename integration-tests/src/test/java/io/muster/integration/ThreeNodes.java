package io.muster.integration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterException;
import io.muster.cluster.Leader;
import io.muster.cluster.Node;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueException;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreException;
import io.muster.queue.worker.PoolStats;
import io.muster.servers.LocalServer;
import io.muster.servers.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Three node processes, and a client in this JVM that pushes and looks. The third node reaches the coordinator through a proxy, and
 * each one the store through a proxy of its own, if that is a server of its own.
 */
final class ThreeNodes implements AutoCloseable {
    static final String QUEUE = "default";
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final LocalServer server;
    private final StorePlace store;
    private final TcpProxy proxy;
    private final Map<String, TcpProxy> storeProxies = new LinkedHashMap<>();
    private final Queue client;
    private final List<NodeProcess> nodes;

    ThreeNodes(LocalServer server, Path folder, List<String> settings) {
        this(server, StorePlace.OF_COORDINATOR, folder, settings);
    }

    ThreeNodes(LocalServer server, StorePlace store, Path folder, List<String> settings) {
        this(server, store, namespace(), folder, settings);
    }

    ThreeNodes(LocalServer server, StorePlace store, String namespace, Path folder, List<String> settings) {
        this.server = server;
        this.store = store;
        this.proxy = TcpProxy.to(server);
        String direct = server.uri().toString();
        QueueBuilder builder = Queue.named(namespace)
                .cluster(direct)
                .type(Work.TYPE, Work.class)
                .settings(now -> now.withSessionTtl(Duration.ofSeconds(8)));
        store.uri().ifPresent(builder::store);
        // First of all: whoever opens a file of H2 first keeps it open for the others.
        this.client = builder.connect();
        List<String> all = new ArrayList<>(settings);
        all.add("muster.namespace=" + namespace);
        this.nodes = List.of(
                start("node-1", direct, folder, all),
                start("node-2", direct, folder, all),
                start("node-3", server.uriThrough(proxy).toString(), folder, all));
    }

    /** One that nobody else has; short, since tables are named after it. */
    static String namespace() {
        return "it-" + UUID.randomUUID().toString().substring(24);
    }

    private NodeProcess start(String name, String coordinator, Path folder, List<String> settings) {
        Optional<TcpProxy> toStore = store.proxy();
        toStore.ifPresent(found -> storeProxies.put(name, found));
        List<String> all = new ArrayList<>(settings);
        all.addAll(store.setting(toStore));
        return NodeProcess.start(name, coordinator, folder, all);
    }

    Queue client() {
        return client;
    }

    /** How much later than its TTL the end of a silent session is seen at most. */
    Duration expirySlack() {
        return client.cluster().backend().capabilities().expirySlack();
    }

    LocalServer server() {
        return server;
    }

    /** The network between the third node and the coordinator. */
    TcpProxy proxy() {
        return proxy;
    }

    /** The store's own server. */
    LocalServer storeServer() {
        return store.server().orElseThrow();
    }

    /** The network between a node and the store's own server. */
    TcpProxy storeProxy(NodeProcess node) {
        return requireNonNull(storeProxies.get(node.name()), node.name());
    }

    List<NodeProcess> all() {
        return nodes;
    }

    NodeProcess proxied() {
        return nodes.get(2);
    }

    /** Starts who is gone, and waits until all three are members, admitted by the store, and one leads. */
    void ensureWhole() {
        proxy.heal();
        storeProxies.values().forEach(TcpProxy::heal);
        store.server().ifPresent(LocalServer::ensureRunning);
        server.ensureRunning();
        for (NodeProcess node : nodes) {
            if (!node.isAlive()) {
                node.startAgain();
            }
        }
        nodes.forEach(NodeProcess::awaitReady);
        eventually(this::isWhole);
    }

    private boolean isWhole() {
        List<Node> members = client.cluster().nodes();
        Set<String> names = members.stream().map(node -> node.id().name()).collect(Collectors.toSet());
        Set<String> live = members.stream().map(node -> node.id().incarnation()).collect(Collectors.toSet());
        Set<String> admitted = incarnations().stream()
                .filter(record -> record.status() == Status.ADMITTED)
                .map(IncarnationRecord::incarnation)
                .collect(Collectors.toSet());
        Optional<Leader> leader = client.leader();
        return names.size() == 3
                && live.size() == 3
                && admitted.equals(live)
                && leader.isPresent()
                && names.contains(leader.get().node().name());
    }

    Leader leader() {
        return ask(() -> client.leader().orElseThrow());
    }

    NodeProcess leadingNode() {
        String name = leader().node().name();
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A node that does not lead. */
    NodeProcess workingNode() {
        String name = leader().node().name();
        return nodes.stream()
                .filter(node -> !node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    String incarnationOf(NodeProcess node) {
        return member(node).map(found -> found.id().incarnation()).orElseThrow();
    }

    /** In the order of {@link #all}. */
    List<String> incarnationsOfAll() {
        return nodes.stream().map(this::incarnationOf).toList();
    }

    /** Whether the node's membership record says that the store does not answer it. */
    boolean saysStoreIsSilent(NodeProcess node) {
        return client.nodes().stream()
                .filter(seen -> seen.node().id().name().equals(node.name()))
                .flatMap(seen -> seen.pools().stream())
                .anyMatch(pool -> pool.stats().status() == PoolStats.Status.STORE_SILENT);
    }

    Optional<Node> member(NodeProcess node) {
        return ask(() -> client.cluster().nodes().stream()
                .filter(found -> found.id().name().equals(node.name()))
                .findFirst());
    }

    /** What the leader of this term writes with. */
    Fence fence(Leader leader) {
        String identity = client.cluster()
                .backend()
                .identity(Deadline.after(
                        Duration.ofSeconds(5), SystemTimeline.instance().ticker()));
        return new Fence(Queue.GROUP, identity, leader.term());
    }

    List<IncarnationRecord> incarnations() {
        return client.store().leader().incarnations();
    }

    /** Waits until somebody else leads; answers how long after {@code sinceNanos} that was seen. */
    Duration awaitLeaderOtherThan(Leader former, long sinceNanos) {
        eventually(
                () -> client.leader().filter(now -> now.term() > former.term()).isPresent());
        return Duration.ofNanos(System.nanoTime() - sinceNanos);
    }

    /** Waits until the incarnation is buried and nothing lies under it; answers how long after {@code sinceNanos} that was seen. */
    Duration awaitReclaimed(String incarnation, long sinceNanos) {
        eventually(() -> incarnations().stream()
                .filter(record -> record.incarnation().equals(incarnation))
                .allMatch(record -> record.status() == Status.BURIED && record.held() == 0));
        return Duration.ofNanos(System.nanoTime() - sinceNanos);
    }

    /** Waits until the node is a member and admitted under another incarnation than this. */
    void awaitRejoined(NodeProcess node, String formerIncarnation) {
        eventually(() -> {
            Optional<Node> member = member(node);
            return member.isPresent()
                    && !member.get().id().incarnation().equals(formerIncarnation)
                    && incarnations().stream()
                            .anyMatch(record -> record.status() == Status.ADMITTED
                                    && record.incarnation()
                                            .equals(member.get().id().incarnation()));
        });
    }

    QueueCounts counts() {
        return ask(() -> client.store().intake().counts().stream()
                .filter(counts -> counts.queue().equals(QUEUE))
                .findFirst()
                .orElse(new QueueCounts(QUEUE, 0, 0, 0, 0, 0, 0, false)));
    }

    /** What all nodes wrote about these jobs. */
    List<Line> lines(Set<String> jobs) {
        return nodes.stream()
                .flatMap(node -> node.lines().stream())
                .filter(line -> jobs.contains(line.job()))
                .toList();
    }

    /** Waits until the node runs at least so many of these jobs at once. */
    void awaitRunning(NodeProcess node, Set<String> jobs, int atLeast) {
        eventually(() -> isRunning(node, jobs, atLeast));
    }

    static boolean isRunning(NodeProcess node, Set<String> jobs, int atLeast) {
        return running(node, jobs) >= atLeast;
    }

    private static long running(NodeProcess node, Set<String> jobs) {
        List<Line> lines =
                node.lines().stream().filter(line -> jobs.contains(line.job())).toList();
        return lines.stream().filter(line -> line.kind() == Line.Kind.BEGAN).count()
                - lines.stream().filter(line -> line.kind() == Line.Kind.DONE).count();
    }

    /** Prints what the nodes warned of last, and where their logs lie. */
    void tellTroubles() {
        nodes.forEach(NodeProcess::tellTroubles);
        System.out.println("members " + client.cluster().nodes() + ", leader " + client.leader() + ", " + counts());
    }

    /** Waits for what will be true, whatever the server refuses meanwhile. */
    static void eventually(Callable<Boolean> condition) {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(LOOK)
                .ignoreExceptionsMatching(failed -> failed instanceof ClusterException
                        || failed instanceof StoreException
                        || failed instanceof QueueException)
                .until(condition);
    }

    /** Asks until there is an answer. */
    static <T> T ask(Callable<T> question) {
        return await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsMatching(
                        failed -> failed instanceof ClusterException || failed instanceof StoreException)
                .until(question, answer -> true);
    }

    @Override
    public void close() {
        nodes.forEach(NodeProcess::close);
        client.close();
        proxy.close();
        storeProxies.values().forEach(TcpProxy::close);
        assertThat(nodes).noneMatch(NodeProcess::isAlive);
    }
}
