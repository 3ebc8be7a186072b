package io.muster.queue;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Cluster;
import io.muster.cluster.Leader;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Node;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Subscription;
import io.muster.cluster.Term;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.distribution.Distributor;
import io.muster.queue.distribution.LifeSign;
import io.muster.queue.distribution.Seat;
import io.muster.queue.distribution.Spread;
import io.muster.queue.node.NodeReport;
import io.muster.queue.node.Seats;
import io.muster.queue.store.JobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the elections of all groups, and what it does where it leads. Who leads more groups than others lets those go
 * first when a group has no leader, and gives one up once the view has been quiet for a while. What is seen of the others belongs to
 * one loop. C10
 */
final class Leaderships implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leaderships.class);
    private static final Duration COURTESY = Duration.ofMillis(250);
    private static final int MOST_COURTESY = 2;
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration ASK_STORE_AGAIN = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Cluster cluster;
    private final JobStore store;
    private final Timeline timeline;
    private final Loop loop;
    private final Map<String, Distributor> distributors = new LinkedHashMap<>();
    private final Map<String, Candidacy> candidacies = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> firstLeaders = new LinkedHashMap<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Map<String, String> leaders = new HashMap<>();
    private List<Node> nodes = List.of();
    private Spread lastSpread = new Spread(Map.of(), Map.of());
    private Loop.Timer weighing = () -> {};
    private boolean storeSilent;
    private volatile boolean withdrawn;

    /** {@code making} makes the distributor of a group. */
    Leaderships(Cluster cluster, JobStore store, List<String> groups, Function<String, Distributor> making) {
        this.cluster = cluster;
        this.store = store;
        this.timeline = cluster.options().timeline();
        this.loop = timeline.loop(cluster.options().nodeId() + "-leaderships");
        for (String group : groups) {
            distributors.put(group, making.apply(group));
            firstLeaders.put(group, new CompletableFuture<>());
        }
    }

    /** Begins to watch who leads, and to know the nodes. */
    void watch() {
        subscriptions.add(cluster.onMembership(this::members));
        for (String group : distributors.keySet()) {
            subscriptions.add(cluster.onLeader(group, leader -> led(group, leader)));
        }
    }

    /** Takes part in all elections. */
    void campaign() {
        distributors.forEach(
                (group, distributor) -> candidacies.put(group, cluster.campaign(group, new Leading(distributor))));
    }

    /** Ends when every group has had a leader. */
    CompletableFuture<Void> firstLeaders() {
        return CompletableFuture.allOf(firstLeaders.values().toArray(CompletableFuture<?>[]::new));
    }

    /** Groups that have not had a leader yet. */
    List<String> withoutLeader() {
        return firstLeaders.entrySet().stream()
                .filter(group -> !group.getValue().isDone())
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean leads(String group) {
        Candidacy candidacy = candidacies.get(group);
        return candidacy != null && candidacy.term().isPresent();
    }

    boolean leadsAll() {
        return distributors.keySet().stream().allMatch(this::leads);
    }

    /** Whatever this node leads looks soon. */
    void wake() {
        distributors.values().forEach(Distributor::wake);
    }

    /** Whatever this node leads learns that these pools of a node have run out of work. */
    void hungry(String incarnation, Set<String> pools) {
        distributors.values().forEach(distributor -> distributor.hungry(incarnation, pools));
    }

    /** Gives up the group's term, which may take a moment. */
    void resign(String group) {
        Candidacy candidacy = candidacies.get(group);
        if (candidacy != null) {
            timeline.start(cluster.options().nodeId() + "-resign", candidacy::resign);
        }
    }

    /**
     * The store does not answer this node, which could do nothing with a term: it resigns what it leads, and campaigns again once the
     * store answers. Idempotent; returns at once.
     */
    void storeSilent() {
        loop.post(() -> {
            if (!storeSilent && !candidacies.isEmpty()) {
                storeSilent = true;
                LOG.warn("The store does not answer this node; it does not campaign until it does node={}", name());
                closeCandidacies();
                candidacies.clear();
                loop.schedule(ASK_STORE_AGAIN, this::campaignIfTheStoreAnswers);
            }
        });
    }

    /** Leads nothing any more, so that others do. */
    void withdraw() {
        withdrawn = true;
        closeCandidacies();
    }

    private void closeCandidacies() {
        candidacies.values().forEach(Candidacy::close);
    }

    @Override
    public void close() {
        withdraw();
        subscriptions.forEach(Subscription::close);
        distributors.values().forEach(Distributor::close);
        loop.close();
        closeCandidacies();
    }

    private void members(List<Node> members) {
        Set<String> incarnations =
                members.stream().map(node -> node.id().incarnation()).collect(Collectors.toUnmodifiableSet());
        Map<String, LifeSign> signs = Seats.signs(members);
        List<Seat> seats = Seats.of(members);
        distributors.values().forEach(distributor -> {
            distributor.signs(signs);
            distributor.members(incarnations, seats);
        });
        loop.post(() -> {
            nodes = members;
            changed();
        });
    }

    private void led(String group, Optional<Leader> leader) {
        CompletableFuture<Void> first = firstLeaders.get(group);
        if (leader.isPresent() && first != null) {
            first.complete(null);
        }
        loop.post(() -> {
            leader.ifPresentOrElse(now -> leaders.put(group, now.node().name()), () -> leaders.remove(group));
            changed();
        });
    }

    // On the loop.

    private void campaignIfTheStoreAnswers() {
        try {
            store.leader().incarnations();
        } catch (RuntimeException e) {
            LOG.debug("The store does not answer yet node={}", name(), e);
            loop.schedule(ASK_STORE_AGAIN, this::campaignIfTheStoreAnswers);
            return;
        }
        storeSilent = false;
        if (!withdrawn) {
            LOG.info("The store answers again; this node campaigns node={}", name());
            campaign();
        }
    }

    private void changed() {
        Spread spread = spread();
        if (distributors.size() == 1 || spread.equals(lastSpread)) {
            return;
        }
        lastSpread = spread;
        candidacies.forEach((group, candidacy) -> {
            int ahead = Math.min(MOST_COURTESY, spread.ahead(name(), group));
            candidacy.letOthersFirst(COURTESY.multipliedBy(Math.max(0, ahead)));
        });
        weighAfter(QUIET);
    }

    private void weighAfter(Duration wait) {
        weighing.cancel();
        weighing = loop.schedule(wait, this::weigh);
    }

    private void weigh() {
        spread().surplus(name()).filter(this::leads).ifPresent(group -> {
            LOG.info("Leads more groups than others; gives one up group={} node={}", group, name());
            resign(group);
            weighAfter(LOOK_AGAIN);
        });
    }

    private Spread spread() {
        Map<String, Set<String>> candidates = new HashMap<>();
        for (Node node : nodes) {
            if (node.status() != NodeStatus.DRAINING) {
                NodeReport.of(node).stream()
                        .flatMap(report -> report.campaigns().stream())
                        .forEach(group -> candidates
                                .computeIfAbsent(group, first -> new HashSet<>())
                                .add(node.id().name()));
            }
        }
        return new Spread(leaders, candidates);
    }

    private String name() {
        return cluster.options().nodeId();
    }

    /** A leadership of this node, passed to the group's distributor. */
    private record Leading(Distributor distributor) implements LeadershipListener {
        @Override
        public void gained(Term term) {
            distributor.gained(term);
        }

        @Override
        public void lost(Term term) {
            distributor.lost(term);
        }
    }
}
