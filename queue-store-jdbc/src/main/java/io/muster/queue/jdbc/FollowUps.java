package io.muster.queue.jdbc;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes what follows from settlements and from what became of batches: into this store in the same transaction, elsewhere by way of the
 * outbox. To be used within {@link Lanes#making}. W1, W2
 */
final class FollowUps {
    private static final int MOST_AT_ONCE = 1000;
    private static final String UNREADABLE =
            "Callback of a batch is unreadable: its row was not written by this version of Muster";
    private static final Logger LOG = LoggerFactory.getLogger(FollowUps.class);

    private final Session session;
    private final Lanes lanes;
    private final Batches batches;

    FollowUps(Session session, Lanes lanes, Batches batches) {
        this.session = session;
        this.lanes = lanes;
        this.batches = batches;
    }

    /**
     * Answers the ids of jobs that are new in this store.
     *
     * @param announced ids of jobs that their batch has counted already, or counts elsewhere
     */
    Set<String> push(List<OutboxEntry> entries, Set<String> announced) throws SQLException {
        List<NewJob> here = new ArrayList<>();
        List<OutboxEntry> elsewhere = new ArrayList<>();
        for (OutboxEntry entry : entries) {
            if (entry.connection().isPresent()) {
                elsewhere.add(entry);
            } else {
                here.add(entry.job());
            }
        }
        if (!elsewhere.isEmpty()) {
            new Outbox(session).add(elsewhere, new Numbers(session));
        }
        Set<String> pushed = new HashSet<>();
        if (!here.isEmpty()) {
            lanes.require(
                    session, here.stream().map(Pushing::laneName).distinct().toList());
        }
        for (int from = 0; from < here.size(); from += MOST_AT_ONCE) {
            List<NewJob> some = here.subList(from, Math.min(here.size(), from + MOST_AT_ONCE));
            for (PushOutcome outcome : new Pushing(session, lanes, batches).push(some, announced)) {
                if (outcome instanceof PushOutcome.Pushed done) {
                    pushed.add(done.jobId());
                }
            }
        }
        keepUnreadable(here, pushed);
        return pushed;
    }

    private void keepUnreadable(List<NewJob> jobs, Set<String> pushed) throws SQLException {
        List<String> unreadable = jobs.stream()
                .filter(job -> job.type().equals(Callbacks.UNREADABLE) && pushed.contains(job.id()))
                .map(NewJob::id)
                .toList();
        if (!unreadable.isEmpty()) {
            LOG.warn("Callbacks of batches cannot be read; they are kept as failed jobs jobs={}", unreadable);
            session.update(
                    "UPDATE {jobs} SET state = 4, ready_lane = NULL, reason = ? WHERE id {any}",
                    UNREADABLE,
                    unreadable);
        }
    }
}
