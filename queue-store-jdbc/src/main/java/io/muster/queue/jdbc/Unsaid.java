package io.muster.queue.jdbc;

import io.muster.queue.job.JobFlow;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows on jobs that were completed in a transaction of the application, when no worker says it: as their payloads have it. What the
 * handler added to its chain is not there.
 */
final class Unsaid {
    private static final Logger LOG = LoggerFactory.getLogger(Unsaid.class);

    private Unsaid() {}

    /** By the ids of those on which something follows; to be asked while they have their payloads. */
    static Map<String, List<OutboxEntry>> following(Session session, Collection<String> jobIds, long nowMicros)
            throws SQLException {
        Map<String, List<OutboxEntry>> following = new HashMap<>();
        if (jobIds.isEmpty()) {
            return following;
        }
        Instant now = Instant.EPOCH.plus(nowMicros, ChronoUnit.MICROS);
        session.query(
                "SELECT j.id, j.payload FROM {jobs} j WHERE j.id {any}",
                row -> following.put(row.getString(1), followingOn(row.getString(1), row.getBytes(2), now)),
                jobIds);
        following.values().removeIf(List::isEmpty);
        return following;
    }

    /** What cannot be read must not keep a node from being buried. */
    private static List<OutboxEntry> followingOn(String jobId, byte[] payload, Instant now) {
        try {
            return JobFlow.of(payload).following(jobId, new Settlement.Completed(), now);
        } catch (PayloadException | IllegalArgumentException e) {
            LOG.error(
                    "What follows on a completed job cannot be read and is left out job={} reason={}",
                    jobId,
                    e.getMessage());
            return List.of();
        }
    }
}
