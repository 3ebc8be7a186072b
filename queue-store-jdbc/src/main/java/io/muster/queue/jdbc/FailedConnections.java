package io.muster.queue.jdbc;

import com.zaxxer.hikari.SQLExceptionOverride;
import io.muster.queue.jdbc.SqlErrors.Meaning;
import java.sql.SQLException;

/**
 * Tells the pool which connections not to lend again. By itself it knows the standard's states only; H2, whose database closes itself when it
 * cannot write, has numbers of its own for that, and opens the file again as soon as no connection to the closed one is left.
 */
final class FailedConnections implements SQLExceptionOverride {
    private final SqlErrors errors;

    FailedConnections(SqlErrors errors) {
        this.errors = errors;
    }

    @java.lang.Override
    public Override adjudicate(SQLException error) {
        return errors.meaning(error) == Meaning.CONNECTION ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
