package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Cluster;
import io.muster.cluster.Leader;
import io.muster.cluster.testkit.linearizability.Ownership;
import io.muster.cluster.testkit.linearizability.Verdict;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients are told of locks, leases and terms, while the network and the server fail, could have been told one after
 * the other by a server that has one owner per key and gives each a larger token. What this does not promise: a holder may
 * believe in a hold whose session has ended; its token tells.
 */
public interface LinearizabilityContract extends Contract {
    @Test
    @Tag("C2")
    @Tag("C3")
    @Tag("C4")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    default void whoHoldsWhatIsLinearizableWhateverFails(Bench bench) {
        OwnershipHistory locks = new OwnershipHistory(bench.timeline().ticker());
        OwnershipHistory leases = new OwnershipHistory(bench.timeline().ticker());
        OwnershipHistory terms = new OwnershipHistory(bench.timeline().ticker());
        LeaseClient.Tokens tokens = new LeaseClient.Tokens();
        List<Cluster> clusters = List.of(
                bench.cluster("a"), bench.cluster("b"), bench.clusterThroughProxy("c"), bench.clusterThroughProxy("d"));
        List<Candidate> candidates = new ArrayList<>();
        List<CompletableFuture<Boolean>> clients = new ArrayList<>();
        DisturbedTraffic traffic = new DisturbedTraffic(bench);
        for (Cluster cluster : clusters) {
            int seed = clients.size();
            Candidate candidate = new Candidate(cluster, terms, seed);
            candidates.add(candidate);
            clients.add(bench.beside(() -> done(() -> candidate.run(traffic))));
            clients.add(bench.beside(() -> done(() -> new LockClient(cluster, locks, seed).run(traffic))));
            clients.add(bench.beside(() -> done(() -> new LeaseClient(cluster, leases, tokens, seed).run(traffic))));
        }

        Random random = new Random();
        Deadline end = bench.within(Duration.ofSeconds(Bench.count(1, 300)));
        while (!end.expired()) {
            traffic.disturb(random);
        }
        traffic.end();
        clients.forEach(CompletableFuture::join);
        tokens.end(leases);
        Set<Leader> seen = candidates.stream()
                .flatMap(candidate -> candidate.seen().stream())
                .collect(Collectors.toSet());
        candidates.forEach(candidate -> candidate.end(seen));

        Logger log = LoggerFactory.getLogger(LinearizabilityContract.class);
        log.info("Checking locks: {}", locks);
        log.info("Checking leases: {}", leases);
        log.info("Checking terms: {}", terms);
        assertThat(locks.verdict()).as("locks, %s", locks).isInstanceOf(Verdict.Linearizable.class);
        assertThat(leases.verdict()).as("leases, %s", leases).isInstanceOf(Verdict.Linearizable.class);
        assertThat(terms.verdict()).as("terms, %s", terms).isInstanceOf(Verdict.Linearizable.class);
        assertThat(locks.count(Ownership.Taken.class)).isGreaterThan(10);
        assertThat(leases.count(Ownership.Taken.class)).isGreaterThan(5);
        assertThat(terms.count(Ownership.Taken.class)).isPositive();
    }

    private static boolean done(Runnable body) {
        body.run();
        return true;
    }
}
