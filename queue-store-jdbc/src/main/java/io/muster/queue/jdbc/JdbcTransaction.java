package io.muster.queue.jdbc;

import io.muster.queue.jdbc.SqlErrors.Meaning;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * The store within a transaction of the application, on its own connection to the same database: jobs are pushed, or the job that
 * runs is completed, exactly if that transaction commits. Used by one thread; ends with the transaction, which is the caller's
 * to commit or roll back. After an exception it must be rolled back.
 */
public final class JdbcTransaction {
    private static final int TRIES = 5;

    private final Database database;
    private final JdbcIntake intake;
    private final Lanes lanes;
    private final Wakes wakes;
    private final Connection connection;
    private boolean pushed;

    JdbcTransaction(Database database, JdbcIntake intake, Lanes lanes, Wakes wakes, Connection connection) {
        this.database = database;
        this.intake = intake;
        this.lanes = lanes;
        this.wakes = wakes;
        this.connection = connection;
    }

    /**
     * Pushes jobs with the transaction: nobody sees them before its commit, and nothing is left of them after a rollback. Waits for
     * another open transaction that pushes the same id or unique key. Takes any number of jobs, in several statements.
     *
     * @throws IllegalArgumentException a payload is too large, see {@link io.muster.queue.store.JobStore.Intake#push}; nothing was pushed
     * @throws io.muster.queue.store.StoreException the transaction cannot go on
     */
    public List<PushOutcome> push(List<NewJob> jobs) {
        intake.checkPayloads(jobs);
        List<PushOutcome> outcomes = new ArrayList<>(jobs.size());
        try {
            for (List<NewJob> left = jobs; !left.isEmpty(); ) {
                List<NewJob> some = left.subList(0, intake.fitting(left));
                intake.prepare(some);
                outcomes.addAll(pushed(some));
                pushed = true;
                left = left.subList(some.size(), left.size());
            }
            return outcomes;
        } catch (SQLException e) {
            throw database.notApplied(
                    "push jobs in the caller's transaction",
                    database.dialect.errors().meaning(e),
                    e);
        }
    }

    /**
     * Completes the running job with the transaction, by a compare that locks the job until its end. If the transaction commits, the job
     * is completed, whatever becomes of the handler or its node afterwards; if it does not, the job runs as before. What follows, the next
     * job of a chain and what its batch counts, comes with the worker's settlement after that, however the handler ended; if the node dies
     * before, with its burial, but for what the handler added to its chain.
     *
     * @param fencingToken of the attempt, as its context says
     * @throws StaleAttemptException it is not the current attempt: roll back
     * @throws io.muster.queue.store.StoreException the transaction cannot go on
     */
    public void complete(String jobId, long fencingToken) {
        try {
            Session session = database.within(connection);
            int completed = session.update(
                    "UPDATE {jobs} SET state = 3, changed_at = " + database.dialect.now()
                            + " WHERE id = ? AND token = ? AND state = 2 AND EXISTS (SELECT 1 FROM {pools} p JOIN {incarnations} i"
                            + " ON i.name = p.incarnation WHERE p.id = holder AND i.status <> 'BURIED')",
                    jobId,
                    fencingToken);
            if (completed == 0) {
                throw new StaleAttemptException("Job " + jobId + " is not at the attempt with fencing token "
                        + fencingToken + " any more; roll this transaction back");
            }
        } catch (SQLException e) {
            throw database.notApplied(
                    "complete a job in the caller's transaction",
                    database.dialect.errors().meaning(e),
                    e);
        }
    }

    /** To be called after the commit, so that pushed jobs are looked for at once; without it within seconds. */
    public void committed() {
        wakes.ready(pushed);
    }

    private List<PushOutcome> pushed(Session session, List<NewJob> jobs) throws SQLException {
        return new Pushing(session, lanes, new Batches(session)).push(jobs);
    }

    /** Somebody else's row may come between a look and our insert, where the database cannot do both at once: then again. */
    private List<PushOutcome> pushed(List<NewJob> jobs) throws SQLException {
        for (int failures = 1; ; failures++) {
            Savepoint before = connection.setSavepoint();
            try {
                List<PushOutcome> outcomes = pushed(database.within(connection), jobs);
                connection.releaseSavepoint(before);
                return outcomes;
            } catch (SQLException e) {
                if (failures == TRIES || database.dialect.errors().meaning(e) != Meaning.REPEAT) {
                    throw e;
                }
                connection.rollback(before);
            }
        }
    }
}
