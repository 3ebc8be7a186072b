package io.muster.cluster.internal;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.internal.NodeCodec.Detail;
import io.muster.cluster.internal.NodeCodec.Member;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the coordinator says of this node in line with what the user asked for, over failures and new sessions.
 * Everything here runs on the membership loop. C1
 */
final class MemberRegistrar {
    private static final Logger LOG = LoggerFactory.getLogger(MemberRegistrar.class);
    private static final Backoff RETRY = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));
    private static final Duration OCCUPIED_AGAIN = Duration.ofMillis(250);
    private static final Duration OCCUPIED_LONG = Duration.ofSeconds(5);

    private final Backend backend;
    private final SessionKeeper keeper;
    private final Timeline timeline;
    private final Loop loop;
    private final Duration callTimeout;
    private final List<Request> requests = new ArrayList<>();
    private @Nullable Wish wish;
    private @Nullable Held held;
    private Loop.Timer retry = () -> {};
    private long registrations;
    private int failures;
    private int occupied;
    private boolean unwritten;
    private boolean uncertain;

    MemberRegistrar(Backend backend, SessionKeeper keeper, Timeline timeline, Loop loop, Duration callTimeout) {
        this.backend = backend;
        this.keeper = keeper;
        this.timeline = timeline;
        this.loop = loop;
        this.callTimeout = callTimeout;
    }

    /** What the user asked for. */
    private record Wish(Registration registration, NodeStatus status) {
        Wish with(NodeStatus changed, Map<String, String> metadata) {
            Registration now = new Registration(
                    registration.address(),
                    registration.port(),
                    registration.labels(),
                    metadata,
                    registration.jobTypes(),
                    registration.queues());
            NodeCodec.checkSize(now);
            return new Wish(now, changed);
        }
    }

    /** What the coordinator has, as far as is known. */
    private record Held(LiveSession session, Version version, Key detail) {}

    /**
     * Somebody waits for the wish to be fulfilled. If it cannot be, a first registration gives the wish up; a heartbeat that
     * comes while the node registers anew after a lost session does not.
     */
    private record Request(
            CompletableFuture<@Nullable Void> done, boolean registers, Deadline patience, Deadline occupiedPatience) {}

    void register(Registration registration, CompletableFuture<@Nullable Void> done) {
        wish = new Wish(registration, NodeStatus.ONLINE);
        unwritten = true;
        begin(done, true);
    }

    void publish(NodeStatus status, Map<String, String> metadata, CompletableFuture<@Nullable Void> done) {
        Wish before = wish;
        if (before == null) {
            done.completeExceptionally(
                    new IllegalStateException("This node is not registered; call register before publish"));
            return;
        }
        try {
            wish = before.with(status, metadata);
        } catch (IllegalArgumentException e) {
            done.completeExceptionally(e);
            return;
        }
        unwritten = true;
        begin(done, false);
    }

    void unregister(CompletableFuture<@Nullable Void> done) {
        wish = null;
        begin(done, false);
    }

    /** A session was opened or came back. */
    void sessionChanged() {
        pursue();
    }

    boolean isRegistered() {
        return held != null && held.session().isTrusted();
    }

    /** How long a registration waits for an earlier holder of the node id to expire. */
    Duration patience() {
        return keeper.current().ttl().plus(backend.capabilities().expirySlack()).plus(Duration.ofSeconds(1));
    }

    private void begin(CompletableFuture<@Nullable Void> done, boolean registers) {
        Deadline deadline = Deadline.after(callTimeout, timeline.ticker());
        requests.add(new Request(done, registers, deadline, Deadline.after(patience(), timeline.ticker())));
        failures = 0;
        occupied = 0;
        pursue();
    }

    private void pursue() {
        retry.cancel();
        LiveSession session = keeper.current();
        forgetEarlierLife(session);
        if (!session.isTrusted()) {
            awaitSession();
            return;
        }
        try {
            if (step(session)) {
                failures = 0;
                occupied = 0;
                requests.forEach(request -> request.done().complete(null));
                requests.clear();
            }
        } catch (SessionLostException e) {
            keeper.ended(session);
            awaitSession();
        } catch (ClusterException e) {
            failures++;
            uncertain = true;
            failExpired(e);
            again(RETRY.after(failures, timeline.random()));
        }
    }

    /** Without a session nothing can be done now; who only published or left need not wait. */
    private void awaitSession() {
        if (wish == null || held != null) {
            requests.forEach(request -> request.done().complete(null));
            requests.clear();
        }
        if (!requests.isEmpty()) {
            failExpired(new ClusterUnavailableException(
                    "No session at the moment, another is being opened; not registered yet"));
            again(OCCUPIED_AGAIN);
        }
    }

    /** Whether nothing is left to do. */
    private boolean step(LiveSession session) {
        Wish wanted = wish;
        Held present = held;
        if (wanted == null) {
            remove(session, present);
            return true;
        }
        if (present == null) {
            return bind(session, wanted);
        }
        if (unwritten && !write(wanted, present)) {
            held = null;
            return bind(session, wanted);
        }
        return true;
    }

    private boolean bind(LiveSession session, Wish wanted) {
        registrations++;
        String detailName = session.node().incarnation() + "-" + registrations;
        Key detail = Key.once(Membership.DETAILS, detailName);
        Member member = new Member(
                session.node().incarnation(), detail.name(), timeline.clock().instant());
        Transaction transaction = Transaction.builder()
                .write(Write.bind(key(session), NodeCodec.encoded(member), session.backendSession()))
                .write(Write.put(detail, NodeCodec.encoded(detail(wanted))))
                .build();
        CommitResult result = backend.commit(transaction, deadline());
        if (result instanceof Committed committed) {
            held = new Held(session, committed.version(key(session)), detail);
            unwritten = false;
            LOG.info("Registered node={}", session.node());
            return true;
        }
        Optional<Entry> entry = backend.read(key(session), deadline());
        Optional<Member> found = entry.flatMap(there -> NodeCodec.member(there.value()));
        if (found.filter(there -> there.incarnation().equals(session.node().incarnation()))
                .isPresent()) {
            held = new Held(
                    session,
                    entry.get().version(),
                    new Key(Membership.DETAILS, found.get().detail()));
            unwritten = true;
            return write(wanted, held);
        }
        waitForOther(session, found);
        return false;
    }

    private boolean write(Wish wanted, Held present) {
        Transaction transaction = Transaction.builder()
                .require(Compare.unchanged(key(present.session()), present.version()))
                .write(Write.put(present.detail(), NodeCodec.encoded(detail(wanted))))
                .build();
        boolean written = backend.commit(transaction, deadline()) instanceof Committed;
        if (written) {
            unwritten = false;
        }
        return written;
    }

    private void remove(LiveSession session, @Nullable Held present) {
        Held known = present != null || !uncertain ? present : lookedUp(session);
        if (known != null) {
            backend.commit(
                    Transaction.builder()
                            .require(Compare.unchanged(key(session), known.version()))
                            .write(Write.delete(key(session)))
                            .write(Write.delete(known.detail()))
                            .build(),
                    deadline());
            LOG.info("Unregistered node={}", session.node());
        }
        held = null;
        uncertain = false;
    }

    private @Nullable Held lookedUp(LiveSession session) {
        Optional<Entry> entry = backend.read(key(session), deadline());
        Optional<Member> found = entry.flatMap(there -> NodeCodec.member(there.value()))
                .filter(there -> there.incarnation().equals(session.node().incarnation()));
        return found.isEmpty()
                ? null
                : new Held(
                        session,
                        entry.get().version(),
                        new Key(Membership.DETAILS, found.get().detail()));
    }

    private void waitForOther(LiveSession session, Optional<Member> other) {
        occupied++;
        String who = other.map(member -> "incarnation " + member.incarnation() + ", registered " + member.startedAt())
                .orElse("a record of an unknown format");
        ClusterConfigurationException refusal =
                new ClusterConfigurationException("Node id \"" + session.node().name()
                        + "\" is held by another live process (" + who
                        + "). Give each process its own nodeId, or stop the other one.");
        boolean refused = false;
        for (Request request : List.copyOf(requests)) {
            if (request.occupiedPatience().expired()) {
                refused |= request.registers();
                fail(request, refusal);
            }
        }
        if (refused) {
            wish = null;
            return;
        }
        if (occupied == 1) {
            LOG.info("Waiting for the node id to become free node={} holder={}", session.node(), who);
        }
        boolean impatient = !requests.isEmpty()
                || occupied * OCCUPIED_AGAIN.toMillis() < patience().toMillis();
        if (!impatient && occupied * OCCUPIED_AGAIN.toMillis() < patience().toMillis() + OCCUPIED_AGAIN.toMillis()) {
            LOG.warn("Not registered: {}", refusal.getMessage());
        }
        again(impatient ? OCCUPIED_AGAIN : OCCUPIED_LONG);
    }

    private void failExpired(ClusterException cause) {
        for (Request request : List.copyOf(requests)) {
            if (request.patience().expired()) {
                fail(request, cause);
                if (request.registers() && held == null && requests.isEmpty()) {
                    wish = null;
                }
            }
        }
    }

    private void fail(Request request, RuntimeException cause) {
        requests.remove(request);
        request.done().completeExceptionally(cause);
    }

    private void forgetEarlierLife(LiveSession session) {
        if (held != null && held.session() != session) {
            held = null;
            uncertain = false;
        }
    }

    private void again(Duration wait) {
        retry.cancel();
        retry = loop.schedule(wait, this::pursue);
    }

    private Detail detail(Wish wanted) {
        return new Detail(
                wanted.registration(), wanted.status(), timeline.clock().instant());
    }

    private Deadline deadline() {
        return Deadline.after(callTimeout, timeline.ticker());
    }

    private static Key key(LiveSession session) {
        return new Key(Membership.MEMBERS, Key.segment(session.node().name()));
    }
}
