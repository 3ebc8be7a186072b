package io.muster.cluster.internal;

import io.muster.cluster.ClusterException;
import io.muster.cluster.MembershipListener;
import io.muster.cluster.Node;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Registration;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there. A node is a small record bound to its session under {@link #MEMBERS}, which says that it lives, and one
 * under {@link #DETAILS} that its owner rewrites; both are created in one transaction. What a dead node leaves of the second
 * kind is removed by any other. C1
 *
 * <p>The {@code membership} loop talks to the coordinator and owns the view; listeners have a loop of their own.
 */
final class Membership implements SessionObserver {
    static final String MEMBERS = "members";
    static final String DETAILS = "status";
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration BACKSTOP = Duration.ofSeconds(15);
    private static final Duration WATCH_AGAIN = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofSeconds(60);
    private static final int MOST_SWEPT = 200;
    private static final int SWEPT_AT_ONCE = 16;

    private final Backend backend;
    private final Timeline timeline;
    private final Duration callTimeout;
    private final Loop loop;
    private final Loop listeners;
    private final MemberRegistrar registrar;
    private final ForeignNames foreign = new ForeignNames();
    private final MemberView view = new MemberView(foreign);
    private final List<Latest<List<Node>>> feeds = new ArrayList<>();
    private final List<Subscription> watches = new ArrayList<>();
    private List<Node> told = List.of();
    private boolean toldOnce;
    private volatile boolean closed;

    Membership(Backend backend, SessionKeeper keeper, Timeline timeline, Duration callTimeout) {
        this.backend = backend;
        this.timeline = timeline;
        this.callTimeout = callTimeout;
        String name = "muster-" + keeper.current().node().name();
        this.loop = timeline.loop(name + "-membership");
        this.listeners = timeline.loop(name + "-membership-listeners");
        this.registrar = new MemberRegistrar(backend, keeper, timeline, loop, callTimeout);
        loop.schedule(untilSweep(), this::sweep);
    }

    void register(Registration registration) {
        NodeCodec.checkSize(registration);
        await(done -> registrar.register(registration, done), callTimeout.plus(registrar.patience()));
    }

    void publish(NodeStatus status, Map<String, String> metadata) {
        Map<String, String> copy = Map.copyOf(metadata);
        await(done -> registrar.publish(status, copy, done), callTimeout);
    }

    void unregister() {
        await(registrar::unregister, callTimeout);
    }

    List<Node> nodes(Deadline deadline) {
        MemberView read = new MemberView(foreign);
        read.members(Directory.entries(backend, MEMBERS, deadline));
        read.details(Directory.entries(backend, DETAILS, deadline));
        return read.nodes();
    }

    Subscription onMembership(MembershipListener listener) {
        Latest<List<Node>> feed = new Latest<>(listeners, listener::onMembers);
        loop.post(() -> {
            watchOnce();
            feeds.add(feed);
            if (toldOnce) {
                feed.offer(told);
            }
        });
        return () -> {
            feed.close();
            loop.post(() -> feeds.remove(feed));
        };
    }

    @Override
    public void opened(LiveSession session) {
        loop.post(registrar::sessionChanged);
    }

    @Override
    public void resumed(LiveSession session) {
        loop.post(registrar::sessionChanged);
    }

    @Override
    public void lost(LiveSession session) {
        // The record went with the session; opened() brings the next one.
    }

    /** Takes this node off the list if the coordinator answers in time. */
    void close(Deadline deadline) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        loop.post(() -> {
            closed = true;
            watches.forEach(Subscription::close);
            registrar.unregister(done);
        });
        timeline.await(done, deadline);
    }

    List<Loop> loops() {
        return List.of(loop, listeners);
    }

    private void await(Consumer<CompletableFuture<@Nullable Void>> action, Duration most) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        loop.post(() -> action.accept(done));
        Deadline end = Deadline.after(most.plusMillis(500), timeline.ticker());
        if (!timeline.await(done, end)) {
            throw new OutcomeUnknownException(
                    "The coordinator did not answer in time; it is tried again in the background");
        }
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    // On the membership loop.

    private void watchOnce() {
        if (watches.size() == 2 || closed) {
            return;
        }
        try {
            if (watches.isEmpty()) {
                watches.add(backend.watch(MEMBERS, new DirectoryWatch(view::members, view::memberChanges)));
            }
            watches.add(backend.watch(DETAILS, new DirectoryWatch(view::details, view::detailChanges)));
            loop.schedule(BACKSTOP, this::lookAgain);
        } catch (ClusterException e) {
            LOG.debug("Membership is watched later reason={}", e.getMessage());
            loop.schedule(WATCH_AGAIN, this::watchOnce);
        }
    }

    /** Members only, and slowly: watches can fall silent. What a missed node says of itself is then read too. */
    private void lookAgain() {
        if (closed) {
            return;
        }
        try {
            List<Entry> members = Directory.entries(backend, MEMBERS, deadline());
            if (!view.showsMembers(members)) {
                view.members(members);
                view.details(Directory.entries(backend, DETAILS, deadline()));
                tell(Again.IF_CHANGED);
            }
        } catch (ClusterException e) {
            LOG.debug("Membership is looked up later reason={}", e.getMessage());
        }
        loop.schedule(BACKSTOP, this::lookAgain);
    }

    private enum Again {
        ALWAYS,
        IF_CHANGED
    }

    private void tell(Again again) {
        if (!view.isComplete()) {
            return;
        }
        List<Node> nodes = view.nodes();
        if (again == Again.ALWAYS || !toldOnce || !nodes.equals(told)) {
            told = nodes;
            toldOnce = true;
            feeds.forEach(feed -> feed.offer(nodes));
        }
    }

    private Duration untilSweep() {
        return SWEEP.plusMillis(timeline.random().nextLong(SWEEP.toMillis()));
    }

    /**
     * Removes what dead nodes left. Safe without a compare: such a name was created together with a record that is gone, and
     * is used only once. The order of the two reads matters.
     */
    private void sweep() {
        if (closed) {
            return;
        }
        try {
            if (registrar.isRegistered()) {
                List<Entry> details = Directory.names(backend, DETAILS, deadline());
                List<Entry> members = Directory.entries(backend, MEMBERS, deadline());
                List<Key> orphans = MemberView.orphans(details, members);
                removeSome(orphans.subList(0, Math.min(orphans.size(), MOST_SWEPT)));
            }
        } catch (ClusterException e) {
            LOG.debug("Left-over records are removed later reason={}", e.getMessage());
        }
        loop.schedule(untilSweep(), this::sweep);
    }

    private void removeSome(List<Key> orphans) {
        for (int from = 0; from < orphans.size(); from += SWEPT_AT_ONCE) {
            Transaction.Builder removal = Transaction.builder();
            orphans.subList(from, Math.min(from + SWEPT_AT_ONCE, orphans.size()))
                    .forEach(key -> removal.write(Write.delete(key)));
            backend.commit(removal.build(), deadline());
        }
    }

    private Deadline deadline() {
        return Deadline.after(callTimeout, timeline.ticker());
    }

    private final class DirectoryWatch implements WatchListener {
        private final Consumer<List<Entry>> snapshot;
        private final Consumer<List<Change>> changes;

        DirectoryWatch(Consumer<List<Entry>> snapshot, Consumer<List<Change>> changes) {
            this.snapshot = snapshot;
            this.changes = changes;
        }

        @Override
        public void onSnapshot(List<Entry> children) {
            loop.post(() -> {
                snapshot.accept(children);
                tell(Again.ALWAYS);
            });
        }

        @Override
        public void onChanges(List<Change> changed) {
            loop.post(() -> {
                changes.accept(changed);
                tell(Again.IF_CHANGED);
            });
        }
    }
}
