package io.muster.queue.jdbc;

import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What follows when the store fails jobs by itself, which no worker sees: notices for those who asked, and their batches are told. J9, W2 */
final class StoreFailures {
    private final Session session;
    private final Lanes lanes;
    private final Batches batches;
    private final long now;

    /** {@code now} is when the jobs failed, as their rows say. */
    StoreFailures(Session session, Lanes lanes, Batches batches, long now) {
        this.session = session;
        this.lanes = lanes;
        this.batches = batches;
        this.now = now;
    }

    /** {@code failed} were written, their batches are locked. */
    void tell(Collection<JobRow> failed, String reason) throws SQLException {
        if (failed.isEmpty()) {
            return;
        }
        FollowUps followUps = new FollowUps(session, lanes, batches);
        followUps.push(notices(failed), Set.of());
        Map<String, BatchEnds> ends = new HashMap<>();
        for (JobRow job : failed) {
            if (job.batch() != null) {
                ends.merge(job.batch(), BatchEnds.failed(job.id(), job.links(), reason), BatchEnds::and);
            }
        }
        batches.ended(ends, now);
        followUps.push(batches.write(), Set.of());
    }

    private List<OutboxEntry> notices(Collection<JobRow> failed) throws SQLException {
        Set<String> telling = new HashSet<>(session.query(
                "SELECT id FROM {jobs} WHERE id {any} AND tells_failure = 1",
                row -> row.getString(1),
                failed.stream().map(JobRow::id).toList()));
        List<OutboxEntry> notices = new ArrayList<>();
        for (JobRow job : failed) {
            if (telling.contains(job.id())) {
                Lane lane = lanes.of(session, job.lane());
                notices.add(OutboxEntry.here(NewJob.of(job.id(), lane.queue(), lane.type(), new byte[0])
                        .withPriority(lane.priority())
                        .failureNotice(Moments.instant(now))));
            }
        }
        return notices;
    }
}
