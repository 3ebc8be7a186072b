package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** What an error of a database means, by its SQL state or its own number. */
final class SqlErrors {
    static final Codes POSTGRES = new Codes(
            Set.of("40001", "40P01", "55P03"),
            Set.of("25006"),
            Set.of("53100"),
            Set.of("53300"),
            Set.of("28P01", "28000"));

    /** 1213 deadlock, 1205 lock wait, 1020 record changed; 1290, 1792, 1836 read-only; 1021, 1114, 1041 full; 1040, 1203 connections. */
    static final Codes MYSQL = new Codes(
            Set.of("1213", "1205", "1020", "1062"),
            Set.of("1290", "1792", "1836"),
            Set.of("1021", "1114", "3019"),
            Set.of("1040", "1203", "1226"),
            Set.of("1045", "1044", "1698"));

    /** 90131 concurrent update, 40001 deadlock, 50200 lock timeout, 23505 a row that came meanwhile; 90097 read-only; 90031 and 90028 I/O. */
    static final Codes H2 = new Codes(
            Set.of("90131", "40001", "50200", "23505"),
            Set.of("90097"),
            Set.of("90100", "90062"),
            Set.of("90139"),
            Set.of("28000"));

    private final Codes codes;
    private volatile Runnable whenConnectionFails = () -> {};

    SqlErrors(Codes codes) {
        this.codes = codes;
    }

    /** What may be concluded. */
    enum Meaning {
        /** Somebody else was in the way, and nothing was applied: again. */
        REPEAT,
        /** The connection is gone, or the database goes. */
        CONNECTION,
        READ_ONLY,
        FULL,
        TOO_MANY_CONNECTIONS,
        WRONG_PASSWORD,
        /** It did not answer in time, and says that nothing was applied. */
        TIMEOUT,
        OTHER
    }

    /** Runs, briefly, whenever a connection failed: what was committed may be lost when the database is back. */
    void whenConnectionFails(Runnable action) {
        whenConnectionFails = action;
    }

    Meaning meaning(SQLException error) {
        Meaning meaning = ofAny(error);
        if (meaning == Meaning.CONNECTION) {
            connectionFailed();
        }
        return meaning;
    }

    /** For who sees it by other means. */
    void connectionFailed() {
        whenConnectionFails.run();
    }

    private Meaning ofAny(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException known) {
                Meaning meaning = ofOne(known);
                if (meaning != Meaning.OTHER) {
                    return meaning;
                }
            }
        }
        return Meaning.OTHER;
    }

    private Meaning ofOne(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        String number = Integer.toString(error.getErrorCode());
        if (has(codes.repeat(), state, number)) {
            return Meaning.REPEAT;
        } else if (has(codes.readOnly(), state, number)) {
            return Meaning.READ_ONLY;
        } else if (has(codes.full(), state, number)) {
            return Meaning.FULL;
        } else if (has(codes.connections(), state, number)) {
            return Meaning.TOO_MANY_CONNECTIONS;
        } else if (has(codes.password(), state, number)) {
            return Meaning.WRONG_PASSWORD;
        } else if (error instanceof SQLTimeoutException || state.equals("57014")) {
            return Meaning.TIMEOUT;
        } else if (state.startsWith("08")
                || state.startsWith("57P")
                || state.equals("25P03")
                || state.equals("90067")
                || state.equals("90121")
                || state.equals("90098")
                || error instanceof SQLRecoverableException
                || error instanceof SQLNonTransientConnectionException
                || error instanceof SQLTransientConnectionException) {
            return Meaning.CONNECTION;
        }
        return Meaning.OTHER;
    }

    private static boolean has(Set<String> codes, String state, String number) {
        return codes.contains(state) || codes.contains(number);
    }

    /** Codes by what they mean. */
    record Codes(
            Set<String> repeat,
            Set<String> readOnly,
            Set<String> full,
            Set<String> connections,
            Set<String> password) {}
}
