package io.muster.queue;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Cluster;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.time.Loop;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's candidacy, which it withdraws while the store does not answer it: it could do nothing with a term, and another node
 * may. While withdrawn it asks the store every two seconds, and campaigns again once it answers. All but {@link #leads} and
 * {@link #close} happens on a loop of its own.
 */
final class Candidate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final JobStore store;
    private final String group;
    private final LeadershipListener listener;
    private final Loop loop;
    private boolean withdrawn;
    private volatile boolean closed;
    private volatile Optional<Candidacy> candidacy = Optional.empty();

    Candidate(Cluster cluster, JobStore store, String group, LeadershipListener listener) {
        this.cluster = cluster;
        this.store = store;
        this.group = group;
        this.listener = listener;
        this.loop = cluster.options().timeline().loop(cluster.options().nodeId() + "-candidacy");
    }

    /** Takes part from now on. Call once, before anything else. */
    void campaign() {
        candidacy = Optional.of(cluster.campaign(group, listener));
    }

    boolean leads() {
        return candidacy.flatMap(Candidacy::term).isPresent();
    }

    /** Gives the term up and stays a candidate; returns at once. */
    void resign() {
        loop.post(() -> candidacy.ifPresent(Candidacy::resign));
    }

    /** The store does not answer this process: resigns and does not campaign until it does. Idempotent; returns at once. */
    void withdraw() {
        loop.post(() -> {
            if (!withdrawn && candidacy.isPresent()) {
                withdrawn = true;
                LOG.warn(
                        "The store does not answer this node; it does not campaign until it does group={} node={}",
                        group,
                        cluster.self());
                candidacy.get().close();
                candidacy = Optional.empty();
                loop.schedule(ASK_AGAIN, this::campaignIfTheStoreAnswers);
            }
        });
    }

    private void campaignIfTheStoreAnswers() {
        try {
            store.leader().incarnations();
        } catch (StoreException e) {
            loop.schedule(ASK_AGAIN, this::campaignIfTheStoreAnswers);
            return;
        }
        if (!closed) {
            LOG.info("The store answers again; this node campaigns group={} node={}", group, cluster.self());
            withdrawn = false;
            campaign();
        }
    }

    /** Resigns, and campaigns no more. Idempotent. */
    @Override
    public void close() {
        closed = true;
        candidacy.ifPresent(Candidacy::close);
        loop.close();
        candidacy.ifPresent(Candidacy::close);
    }
}
