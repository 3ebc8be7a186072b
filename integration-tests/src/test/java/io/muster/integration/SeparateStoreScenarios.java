package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.muster.cluster.Leader;
import io.muster.queue.QueueException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoreException;
import io.muster.queue.worker.OnSessionLost;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens when coordinator and store are different systems, and only one of the two is lost, to all or to one node. */
abstract class SeparateStoreScenarios extends FaultScenarios {
    /** A push tries again for five seconds where its outcome is unknown; a call of the slowest store then ends in five more. */
    private static final Duration PUSH_FAILS = Duration.ofSeconds(12);

    private final OnSessionLost onSessionLost;

    SeparateStoreScenarios(ServerKind kind, StoreKind store, OnSessionLost onSessionLost) {
        super(kind, store, "muster.on-session-lost=" + onSessionLost.name().toLowerCase(Locale.ROOT));
        this.onSessionLost = onSessionLost;
    }

    @Test
    @Tag("C12")
    void withoutTheCoordinatorPushesAreAcceptedAndNothingNewBegins() {
        Batch batch = new Batch(nodes);
        Set<String> running = occupyAll(batch, ttl.multipliedBy(2));
        List<String> former = nodes.incarnationsOfAll();
        nodes.server().stop();
        Set<String> pushed = batch.add(JOBS, SHORT);
        for (int i = 0; i < nodes.all().size(); i++) {
            String incarnation = former.get(i);
            nodes.all().get(i).awaitLog(line -> line.contains("Session lost") && line.contains(incarnation));
        }
        pause(ttl);
        if (onSessionLost == OnSessionLost.FINISH) {
            ThreeNodes.eventually(() -> ended(running).containsAll(running));
            ThreeNodes.eventually(() -> settled(running).containsAll(running));
        } else {
            assertThat(ended(running)).as("interrupted with its session").isEmpty();
        }
        assertThat(begun(pushed)).as("begun without a coordinator").isEmpty();
        assertThat(nodes.counts().ready()).isEqualTo(JOBS);
        nodes.server().restart();
        long back = System.nanoTime();
        ThreeNodes.eventually(() -> !begun(pushed).isEmpty());
        Duration healed = Duration.ofNanos(System.nanoTime() - back);
        tell("coordinator alone away for two TTLs: handlers %s, first job begins %s ms after it is back; %s"
                .formatted(onSessionLost, healed.toMillis(), batch.settledOnce()));
    }

    @Test
    @Tag("K2")
    void whileTheStoreIsStoppedResultsAreKept() {
        loseTheStore("stopped", LocalServer::stop);
    }

    @Test
    @Tag("K2")
    void whileTheStoreIsFrozenResultsAreKept() {
        loseTheStore("frozen", LocalServer::freeze);
    }

    private void loseTheStore(String how, Consumer<LocalServer> losing) {
        Batch batch = new Batch(nodes);
        Set<String> running = occupyAll(batch, ttl.dividedBy(2));
        batch.push(JOBS, SHORT);
        List<String> former = nodes.incarnationsOfAll();
        Leader leader = nodes.leader();
        long lost = System.nanoTime();
        losing.accept(nodes.storeServer());
        long asked = System.nanoTime();
        String unsure = "unsure-" + how + "-" + asked;
        QueueException refused = catchThrowableOfType(
                QueueException.class,
                () -> nodes.client().job(new Work(SHORT.toMillis())).id(unsure).dispatch());
        Duration refusal = Duration.ofNanos(System.nanoTime() - asked);
        assertThat(refused).as("push without a store").hasCauseInstanceOf(StoreException.class);
        assertThat(refused).hasMessageContaining("Could not push job");
        assertThat(refusal).isLessThan(PUSH_FAILS);
        ThreeNodes.eventually(() -> nodes.client().leader().isEmpty());
        Duration withdrawn = Duration.ofNanos(System.nanoTime() - lost);
        nodes.all().forEach(node -> ThreeNodes.eventually(() -> nodes.saysStoreIsSilent(node)));
        assertThat(ended(running)).as("handlers go on").containsAll(running);
        pause(ttl);
        assertThat(nodes.client().leader()).as("nobody campaigns").isEmpty();
        assertThat(nodes.incarnationsOfAll()).as("sessions go on").isEqualTo(former);
        nodes.storeServer().ensureRunning();
        long back = System.nanoTime();
        ThreeNodes.eventually(() -> running.stream().allMatch(this::isCompleted));
        Duration told = Duration.ofNanos(System.nanoTime() - back);
        batch.pushStubbornly(unsure, SHORT);
        String accounts = batch.settledOnce();
        nodes.ensureWhole();
        assertThat(nodes.incarnationsOfAll()).as("nobody was condemned").isEqualTo(former);
        assertThat(nodes.leader().term()).isGreaterThan(leader.term());
        assertThat(batch.lines())
                .filteredOn(line -> line.kind() == Line.Kind.BEGAN)
                .as("kept results are told, no job runs again")
                .allMatch(line -> line.attempt() == 1 && line.crashes() == 0)
                .hasSize(batch.jobs().size());
        tell(
                "store alone %s: push fails after %s ms (%s), leader withdraws after %s ms, kept results told %s ms after; %s"
                        .formatted(
                                how,
                                refusal.toMillis(),
                                refused.getMessage(),
                                withdrawn.toMillis(),
                                told.toMillis(),
                                accounts));
    }

    @Test
    @Tag("K2")
    void nodeThatAloneLosesTheStoreSaysSoAndIsReclaimedAfterAGrace() {
        isolate(nodes.workingNode(), TcpProxy::blackhole);
    }

    @Test
    @Tag("C4")
    void leaderThatAloneLosesTheStoreWithdraws() {
        Leader former = nodes.leader();
        isolate(nodes.leadingNode(), TcpProxy::cut);
        assertThat(nodes.leader().term()).isGreaterThan(former.term());
    }

    private void isolate(NodeProcess node, Consumer<TcpProxy> losing) {
        String incarnation = nodes.incarnationOf(node);
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(node, batch.jobs(), 1);
        long lost = System.nanoTime();
        losing.accept(nodes.storeProxy(node));
        ThreeNodes.eventually(() -> nodes.saysStoreIsSilent(node));
        Duration said = Duration.ofNanos(System.nanoTime() - lost);
        Set<String> later = batch.add(JOBS, SHORT);
        Duration reclaimed = nodes.awaitReclaimed(incarnation, lost);
        ThreeNodes.eventually(() -> settled(later).containsAll(later));
        assertThat(nodes.leader().node().name()).as("who leads").isNotEqualTo(node.name());
        assertThat(nodes.incarnationOf(node)).as("its session goes on").isEqualTo(incarnation);
        assertThat(node.lines())
                .filteredOn(line -> later.contains(line.job()))
                .as("given to a node without a store")
                .isEmpty();
        nodes.storeProxy(node).heal();
        nodes.awaitRejoined(node, incarnation);
        tell("a node alone without the store: says so after %s ms, reclaimed after %s ms; %s"
                .formatted(said.toMillis(), reclaimed.toMillis(), batch.settledOnce()));
        assertThat(said).as("says so").isGreaterThanOrEqualTo(ttl);
        assertThat(reclaimed.minus(said)).as("grace").isGreaterThan(ttl);
    }

    @Test
    @Tag("C12")
    void nodeThatAloneLosesTheCoordinatorTakesNothingNew() {
        NodeProcess node = nodes.proxied();
        String incarnation = nodes.incarnationOf(node);
        Batch batch = new Batch(nodes);
        Set<String> running = occupyAll(batch, ttl.multipliedBy(3));
        List<String> held = begun(running, node);
        nodes.proxy().blackhole();
        long lost = System.nanoTime();
        node.awaitLog(line -> line.contains("Session lost") && line.contains(incarnation));
        Duration known = Duration.ofNanos(System.nanoTime() - lost);
        Set<String> later = batch.add(JOBS, SHORT);
        Duration reclaimed = nodes.awaitReclaimed(incarnation, lost);
        ThreeNodes.eventually(() -> settled(later).containsAll(later));
        assertThat(node.lines())
                .filteredOn(line -> later.contains(line.job()))
                .as("given to a node without a coordinator")
                .isEmpty();
        List<String> finished = jobs(node.lines(), held, Line.Kind.DONE);
        nodes.proxy().heal();
        nodes.awaitRejoined(node, incarnation);
        if (onSessionLost == OnSessionLost.FINISH) {
            assertThat(finished).as("finished, %s", held).containsExactlyInAnyOrderElementsOf(held);
        } else {
            assertThat(finished).as("interrupted").isEmpty();
        }
        tell("a node alone without the coordinator: knows it after %s ms, handlers %s, reclaimed after %s ms; %s"
                .formatted(known.toMillis(), onSessionLost, reclaimed.toMillis(), batch.settledOnce()));
    }

    /** Pushes as many jobs as there are slots; answers their ids when all run. */
    private Set<String> occupyAll(Batch batch, Duration work) {
        Set<String> all = batch.add(SLOTS * nodes.all().size(), work);
        ThreeNodes.eventually(() -> begun(all).containsAll(all));
        return all;
    }

    /** As the store has it: a node that was not told of an accepted settlement is told later that it is stale. */
    private boolean isCompleted(String job) {
        return nodes.client()
                .find(job)
                .filter(found -> found.state() == JobState.COMPLETED)
                .isPresent();
    }

    private List<String> begun(Set<String> of) {
        return jobs(nodes.lines(of), List.copyOf(of), Line.Kind.BEGAN);
    }

    private List<String> begun(Set<String> of, NodeProcess by) {
        return jobs(by.lines(), List.copyOf(of), Line.Kind.BEGAN);
    }

    private List<String> ended(Set<String> of) {
        return jobs(nodes.lines(of), List.copyOf(of), Line.Kind.DONE);
    }

    private List<String> settled(Set<String> of) {
        return jobs(nodes.lines(of), List.copyOf(of), Line.Kind.SETTLED);
    }

    private static List<String> jobs(List<Line> lines, List<String> of, Line.Kind kind) {
        return lines.stream()
                .filter(line -> line.kind() == kind && of.contains(line.job()))
                .map(Line::job)
                .toList();
    }
}
