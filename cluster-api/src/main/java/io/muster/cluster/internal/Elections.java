package io.muster.cluster.internal;

import io.muster.cluster.Candidacy;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Leader;
import io.muster.cluster.LeaderListener;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.Subscription;
import io.muster.cluster.internal.CandidacyState.Event;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Elections: one key per group, bound to the session of whoever leads; the number of its creation is the term. C4
 *
 * <p>The {@code elections} loop talks to the coordinator and owns what is known of the keys; the {@code election-listeners}
 * loop runs the user's code. That trust ends on time is the session's clock's doing, on a loop that waits for neither.
 */
final class Elections implements SessionObserver {
    static final String DIRECTORY = "elections";
    private static final Logger LOG = LoggerFactory.getLogger(Elections.class);
    private static final Duration LEAST_BACKSTOP = Duration.ofSeconds(15);
    private static final Duration CONFIRM_AGAIN = Duration.ofMillis(500);
    private static final Duration ASK_AGAIN = Duration.ofMillis(100);
    private static final Backoff LOOK_UP = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(5));
    private static final Backoff RETRY = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2));
    private static final Duration CLOSING = Duration.ofMillis(700);

    private final Backend backend;
    private final SessionKeeper keeper;
    private final Timeline timeline;
    private final Duration callTimeout;
    private final Incarnations tokens;
    private final Loop loop;
    private final Loop listeners;
    private final BoundKeys keys;
    private final LeaderView view;
    private final Map<String, ElectionCandidacy> candidacies = new ConcurrentHashMap<>();
    private final Set<Key> doubtful = new LinkedHashSet<>();
    private @Nullable Subscription watch;
    private @Nullable LiveSession identified;
    private String identity = "";
    private int failures;
    private volatile boolean closed;

    Elections(Backend backend, SessionKeeper keeper, Timeline timeline, Duration callTimeout) {
        this.backend = backend;
        this.keeper = keeper;
        this.timeline = timeline;
        this.callTimeout = callTimeout;
        this.tokens = new Incarnations(timeline);
        String name = "muster-" + keeper.current().node().name();
        this.loop = timeline.loop(name + "-elections");
        this.listeners = timeline.loop(name + "-election-listeners");
        this.keys = new BoundKeys(backend, timeline, loop, callTimeout);
        this.view = new LeaderView(listeners);
    }

    static Key key(String group) {
        return new Key(DIRECTORY, Key.segment(group));
    }

    Candidacy campaign(String group, LeadershipListener listener) {
        ElectionCandidacy candidacy = new ElectionCandidacy(this, group, listener, listeners);
        if (candidacies.putIfAbsent(group, candidacy) != null) {
            throw new IllegalStateException("This cluster object already campaigns in group " + group);
        }
        loop.post(this::watchOnce);
        consider(candidacy);
        return candidacy;
    }

    Optional<Leader> leader(String group, Deadline deadline) {
        return backend.read(key(group), deadline).filter(Claim::canBeIn).map(LeaderView::leader);
    }

    Subscription onLeader(String group, LeaderListener listener) {
        LeaderView.Feed feed = view.feed(key(group), listener);
        loop.post(() -> {
            watchOnce();
            view.add(feed);
        });
        return () -> {
            feed.close();
            loop.post(() -> view.remove(feed));
        };
    }

    @Override
    public void opened(LiveSession session) {
        loop.post(this::reconcileAll);
    }

    @Override
    public void suspected(LiveSession session) {
        candidacies.values().forEach(candidacy -> candidacy.apply(new Event.Suspected(session)));
    }

    @Override
    public void resumed(LiveSession session) {
        candidacies.values().forEach(candidacy -> candidacy.apply(new Event.Resumed(session)));
        loop.post(this::reconcileAll);
    }

    @Override
    public void lost(LiveSession session) {
        candidacies.values().forEach(candidacy -> candidacy.apply(new Event.SessionLost(session)));
    }

    /** Ends all candidacies; returns when their listeners have been told, or after most of a second. */
    void close() {
        closed = true;
        candidacies.values().forEach(candidacy -> candidacy.apply(new Event.Closed()));
        CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
        listeners.post(() -> told.complete(null));
        timeline.await(told, Deadline.after(CLOSING, timeline.ticker()));
        loop.post(() -> {
            Subscription running = watch;
            if (running != null) {
                running.close();
            }
        });
    }

    List<Loop> loops() {
        return List.of(loop, listeners);
    }

    // What a candidacy asks for.

    void consider(ElectionCandidacy candidacy) {
        loop.post(() -> reconcile(candidacy));
    }

    void giveUp(ElectionCandidacy candidacy, Tenure tenure) {
        loop.post(() -> {
            drop(candidacy.key(), tenure.version(), tenure.session());
            tenure.givenUp().complete(null);
        });
    }

    void await(Tenure tenure) {
        timeline.await(tenure.givenUp(), Deadline.after(callTimeout, timeline.ticker()));
    }

    void withdraw(ElectionCandidacy candidacy) {
        candidacies.remove(candidacy.group(), candidacy);
    }

    String token() {
        return tokens.next();
    }

    long nanos() {
        return timeline.ticker().nanos();
    }

    Duration after(Backoff backoff, int times) {
        return backoff.after(times, timeline.random());
    }

    // On the elections loop.

    private void reconcileAll() {
        candidacies.values().forEach(this::reconcile);
    }

    private void reconcile(ElectionCandidacy candidacy) {
        if (closed) {
            return;
        }
        Optional<Tenure> tenure = candidacy.tenure();
        if (tenure.isPresent()) {
            confirm(candidacy, tenure.get());
        } else if (candidacy.isFollowing() && keeper.current().isTrusted()) {
            follow(candidacy, keeper.current());
        }
    }

    /** A term that the watch does not show is looked up: the watch is a hint. */
    private void confirm(ElectionCandidacy candidacy, Tenure tenure) {
        if (view.shows(candidacy.key(), tenure.number()) || !tenure.isTrusted()) {
            return;
        }
        try {
            Optional<Entry> entry = backend.read(candidacy.key(), keys.deadline());
            view.learned(candidacy.key(), entry);
            if (entry.filter(found -> found.created() == tenure.number()).isEmpty()) {
                LOG.warn("The coordinator does not know our term any more {}", tenure);
                candidacy.apply(new Event.Vanished(tenure));
            }
        } catch (ClusterException e) {
            LOG.debug("A term is confirmed later {} reason={}", tenure, e.getMessage());
            again(candidacy, CONFIRM_AGAIN);
        }
    }

    private void follow(ElectionCandidacy candidacy, LiveSession session) {
        Claim claim = candidacy.claim(session);
        Optional<Entry> present = view.entry(candidacy.key()).filter(Claim::canBeIn);
        if (present.isPresent() && isLeftOver(present.get(), claim)) {
            drop(candidacy.key(), present.get().version(), session);
            again(candidacy, CONFIRM_AGAIN);
            return;
        }
        if (present.isPresent() && !claim.isIn(present.get())) {
            candidacy.occupied();
            return;
        }
        Duration rest = candidacy.vacant();
        if (rest.isZero()) {
            campaign(candidacy, claim, session);
        } else {
            again(candidacy, rest);
        }
    }

    private void drop(Key key, Version version, LiveSession session) {
        if (keys.giveUp(key, version, session, keys.deadline()) == BoundKeys.Given.GIVEN) {
            view.entry(key)
                    .filter(entry -> entry.version().equals(version))
                    .ifPresent(entry -> view.learned(key, Optional.empty()));
        }
    }

    /** Of an earlier term or attempt of this very incarnation: its giving up was lost, or its taking came late. */
    private static boolean isLeftOver(Entry entry, Claim claim) {
        return Claim.holder(entry).equals(claim.node()) && !claim.isIn(entry);
    }

    private void campaign(ElectionCandidacy candidacy, Claim claim, LiveSession session) {
        try {
            String line = identity(session);
            BoundKeys.Taken taken = keys.take(candidacy.key(), claim, session, keys.deadline());
            failures = 0;
            candidacy.answered();
            if (taken instanceof BoundKeys.Taken.Ours ours) {
                Entry entry = new Entry(
                        candidacy.key(), claim.encoded(), ours.version(), ours.number(), Optional.of(session.id()));
                view.learned(candidacy.key(), Optional.of(entry));
                candidacy.apply(new Event.Won(new Tenure(candidacy.group(), ours, line, session)));
            } else if (taken instanceof BoundKeys.Taken.Theirs theirs) {
                view.learned(candidacy.key(), Optional.of(theirs.entry()));
                lookUpLater(candidacy, 1);
            }
        } catch (OutcomeUnknownException e) {
            LOG.debug("Asking again whether this node was elected group={}", candidacy.group(), e);
            again(candidacy, ASK_AGAIN);
        } catch (SessionLostException e) {
            keeper.ended(session);
        } catch (ClusterException e) {
            failures++;
            boolean news =
                    e instanceof ClusterConfigurationException && candidacy.isNews(String.valueOf(e.getMessage()));
            LOG.atLevel(news ? Level.WARN : Level.DEBUG)
                    .log("Campaigning again later group={} reason={}", candidacy.group(), e.getMessage());
            again(candidacy, after(RETRY, failures));
        }
    }

    /** A leader of whom a lost campaign told may be gone before the watch looks, which then has nothing to tell. */
    private void lookUpLater(ElectionCandidacy candidacy, int times) {
        candidacy.retryBy(loop.schedule(after(LOOK_UP, times), () -> lookUp(candidacy, times)));
    }

    private void lookUp(ElectionCandidacy candidacy, int times) {
        if (closed || !candidacy.isFollowing() || view.isHeardOf(candidacy.key())) {
            return;
        }
        try {
            view.learned(candidacy.key(), backend.read(candidacy.key(), keys.deadline()));
        } catch (ClusterException e) {
            LOG.debug("Who won is looked up later group={} reason={}", candidacy.group(), e.getMessage());
        }
        lookUpLater(candidacy, times + 1);
        reconcile(candidacy);
    }

    private void again(ElectionCandidacy candidacy, Duration wait) {
        candidacy.retryBy(loop.schedule(wait, () -> reconcile(candidacy)));
    }

    private String identity(LiveSession session) {
        if (identified != session) {
            identity = backend.identity(keys.deadline());
            identified = session;
        }
        return identity;
    }

    private void watchOnce() {
        if (watch != null || closed) {
            return;
        }
        try {
            watch = backend.watch(DIRECTORY, new KeyWatch());
            loop.schedule(backstop(), this::lookAgain);
        } catch (ClusterException e) {
            LOG.debug("Elections are watched later reason={}", e.getMessage());
            loop.schedule(CONFIRM_AGAIN, this::watchOnce);
        }
    }

    /** One list for all groups, slowly: watches can fall silent. */
    private void lookAgain() {
        if (closed) {
            return;
        }
        try {
            learn(Directory.entries(backend, DIRECTORY, keys.deadline()));
        } catch (ClusterException e) {
            LOG.debug("Leaders are looked up later reason={}", e.getMessage());
        }
        loop.schedule(backstop(), this::lookAgain);
    }

    private Duration backstop() {
        Duration most = keeper.current().ttl().multipliedBy(3).dividedBy(4);
        Duration base = most.compareTo(LEAST_BACKSTOP) < 0 ? LEAST_BACKSTOP : most;
        return base.plusMillis(timeline.random().nextInt(500));
    }

    private void learn(List<Entry> children) {
        ask(view.heardOfAll(children));
        reconcileAll();
        children.forEach(this::dropGhost);
    }

    /** What a watch says of these contradicts what the coordinator has answered, and is older most of the time: asks again. */
    private void ask(Collection<Key> contradicted) {
        boolean begun = !doubtful.isEmpty();
        doubtful.addAll(contradicted);
        if (!begun) {
            askAll();
        }
    }

    private void askAll() {
        if (closed) {
            return;
        }
        try {
            for (Iterator<Key> left = doubtful.iterator(); left.hasNext(); ) {
                Key key = left.next();
                view.learned(key, backend.read(key, keys.deadline()));
                left.remove();
            }
        } catch (ClusterException e) {
            LOG.debug("Who leads is asked again later keys={} reason={}", doubtful, e.getMessage());
            loop.schedule(CONFIRM_AGAIN, () -> {
                askAll();
                reconcileAll();
            });
        }
    }

    /** An attempt whose outcome was unknown may arrive after its candidacy has been closed. */
    private void dropGhost(Entry entry) {
        LiveSession session = keeper.current();
        boolean ours = session.node().equals(Claim.holder(entry));
        if (ours && !candidacies.containsKey(Key.text(entry.key().name()))) {
            drop(entry.key(), entry.version(), session);
        }
    }

    private final class KeyWatch implements WatchListener {
        @Override
        public void onSnapshot(List<Entry> children) {
            loop.post(() -> learn(children));
        }

        @Override
        public void onChanges(List<Change> changes) {
            loop.post(() -> {
                Set<Key> changed = new HashSet<>();
                for (Change change : changes) {
                    changed.add(change.key());
                    if (!view.heard(change.key(), change.entry())) {
                        ask(List.of(change.key()));
                    }
                    change.entry().ifPresent(Elections.this::dropGhost);
                }
                candidacies.values().stream()
                        .filter(candidacy -> changed.contains(candidacy.key()))
                        .forEach(Elections.this::reconcile);
            });
        }
    }
}
