package io.muster.cluster.etcd;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import java.io.Serial;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** The only place where errors of jetcd and gRPC are translated. Nothing of a request's content reaches a message. */
final class EtcdErrors {
    private static final int MOST_CAUSES = 20;

    private EtcdErrors() {}

    /** What a call would have changed at the server. */
    enum Effect {
        /** Nothing, or nothing that could be done twice: a read, a renewal. */
        REPEATABLE,
        WRITE
    }

    /** What is known about a failed request. */
    enum Fate {
        /** It never left this process. */
        NEVER_SENT,
        /** The server said that it did not carry it out, and may do so if asked again. */
        NOT_APPLIED,
        /** Nobody knows. */
        UNCLEAR,
        /** The server's last word; {@link Failure#verdict} says it. */
        REFUSED
    }

    /**
     * @param reason for people
     * @param verdict what to throw, if {@code fate} is REFUSED
     */
    record Failure(Fate fate, String reason, @Nullable RuntimeException verdict, Throwable cause) {
        /** What the caller of an operation gets. {@code where} names operation and endpoint. */
        RuntimeException exception(String where, Effect effect) {
            if (verdict != null) {
                return verdict;
            }
            String message = where + ": " + reason;
            return fate == Fate.UNCLEAR && effect == Effect.WRITE
                    ? new OutcomeUnknownException(message, cause)
                    : new ClusterUnavailableException(message, cause);
        }

        boolean mayRepeat(Effect effect) {
            return switch (fate) {
                case NEVER_SENT, NOT_APPLIED -> true;
                case UNCLEAR -> effect == Effect.REPEATABLE;
                case REFUSED -> false;
            };
        }
    }

    /** The answer is larger than this client accepts: ask for less. Never leaves this module. */
    static final class AnswerTooLarge extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        AnswerTooLarge(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static Failure noAnswer(String reason) {
        return new Failure(Fate.UNCLEAR, reason, null, new TimeoutException(reason));
    }

    static Failure of(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (isBeforeSending(cause)) {
            return new Failure(Fate.NEVER_SENT, "cannot connect (" + innermost(cause) + ")", null, cause);
        }
        SSLException handshake = find(cause, SSLException.class);
        if (handshake != null && isLasting(handshake)) {
            return refused(
                    new ClusterConfigurationException(
                            "TLS with etcd failed: " + handshake.getMessage()
                                    + ". Use etcds:// only with a server that speaks TLS, let ca name the authority that signed"
                                    + " its certificate, and the address a host that the certificate names",
                            cause),
                    cause);
        }
        return answered(EtcdExceptionFactory.toEtcdException(cause), cause);
    }

    static boolean isUnauthenticated(Throwable thrown) {
        EtcdException error = EtcdExceptionFactory.toEtcdException(unwrapped(thrown));
        return error.getErrorCode() == ErrorCode.UNAUTHENTICATED;
    }

    private static Failure answered(EtcdException error, Throwable cause) {
        // jetcd reports a failed log-in as UNAUTHENTICATED, with what really happened as its cause.
        Throwable beneath = error.getCause();
        if (error.getErrorCode() == ErrorCode.UNAUTHENTICATED && beneath != null && !beneath.equals(error)) {
            return of(beneath);
        }
        String text = firstLine(error);
        ErrorCode code = error.getErrorCode();
        RuntimeException verdict = verdict(code, text, cause);
        if (verdict != null) {
            return refused(verdict, cause);
        }
        return new Failure(isNotApplied(code, text) ? Fate.NOT_APPLIED : Fate.UNCLEAR, text, null, cause);
    }

    private static @Nullable RuntimeException verdict(ErrorCode code, String text, Throwable cause) {
        if (text.contains("authentication failed") || text.contains("user name is empty")) {
            return new ClusterConfigurationException(
                    "etcd refused user or password (" + text + "). Correct them in the address or the configuration",
                    cause);
        }
        if (text.contains("authentication is not enabled")) {
            return new ClusterConfigurationException(
                    "etcd does not ask for a password. Take user and password out of the address, or switch on authentication"
                            + " at the server",
                    cause);
        }
        if (code == ErrorCode.PERMISSION_DENIED) {
            return new ClusterConfigurationException(
                    "etcd refused the user's rights (" + text
                            + "). Grant its role readwrite on the namespace, for example:"
                            + " etcdctl role grant-permission ROLE readwrite --prefix=true /NAMESPACE/",
                    cause);
        }
        if (text.contains("lease not found")) {
            return new SessionLostException("etcd has ended the session: " + text, cause);
        }
        if (text.contains("database space exceeded")) {
            return new ClusterUnavailableException(
                    "etcd is full and refuses writes (" + text
                            + "). Compact and defragment it or raise its quota, then clear the"
                            + " alarm with: etcdctl alarm disarm",
                    cause);
        }
        if (text.contains("exceeds maximum size")) {
            return new AnswerTooLarge(text, cause);
        }
        if (text.contains("required revision is a future revision")) {
            return new IllegalArgumentException("A put would overwrite an entry that is bound to a session", cause);
        }
        if (text.contains("request is too large")
                || text.contains("larger than max")
                || text.contains("too many operations")
                || text.contains("duplicate key")) {
            return new IllegalArgumentException("etcd refuses the transaction: " + text, cause);
        }
        return null;
    }

    private static boolean isNotApplied(ErrorCode code, String text) {
        return code == ErrorCode.UNAUTHENTICATED
                || code == ErrorCode.OUT_OF_RANGE
                || text.contains("auth store is old")
                || text.contains("too many requests");
    }

    private static Failure refused(RuntimeException verdict, Throwable cause) {
        return new Failure(Fate.REFUSED, String.valueOf(verdict.getMessage()), verdict, cause);
    }

    private static boolean isBeforeSending(Throwable error) {
        return find(error, ConnectException.class) != null
                || find(error, NoRouteToHostException.class) != null
                || find(error, UnknownHostException.class) != null
                || find(error, UnresolvedAddressException.class) != null;
    }

    /** Not one that came about because the connection broke meanwhile. */
    private static boolean isLasting(SSLException error) {
        String text = String.valueOf(error.getMessage());
        return error instanceof SSLHandshakeException
                ? !text.startsWith("Connection closed")
                : text.contains("not an SSL/TLS record");
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String innermost(Throwable error) {
        Throwable cause = error;
        for (int depth = 0; cause.getCause() != null && depth < MOST_CAUSES; depth++) {
            cause = cause.getCause();
        }
        return firstLine(cause);
    }

    private static String firstLine(Throwable error) {
        String message = error.getMessage();
        if (message == null) {
            return error instanceof EtcdException etcd
                    ? String.valueOf(etcd.getErrorCode())
                    : error.getClass().getSimpleName();
        }
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
