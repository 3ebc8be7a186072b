package io.muster.cluster.consul;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.http.NoHttpResponseException;
import org.apache.http.conn.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/** The only place where failures of the client and answers of the server become exceptions. */
final class ConsulErrors {
    /** Answers of a server that has not handed the request to Raft. */
    private static final List<String> NOT_APPLIED = List.of(
            "No cluster leader",
            "node is not the leader",
            "timed out enqueuing operation",
            "Raft leader not found",
            "rate limit",
            "Missing check",
            "critical state");

    private final String address;
    private volatile boolean letIn;

    ConsulErrors(String address) {
        this.address = address;
    }

    /** The token has been accepted: a server that does not know it any more may be one that restarts and has not read its tokens yet. */
    void letIn() {
        letIn = true;
    }

    /** What a call whose answer never comes may have done. */
    enum Effect {
        /** Nothing that matters: repeating it is safe. */
        NONE,
        /** Something that must not happen twice unknown to the caller. */
        WRITE
    }

    /** The call got no answer. */
    ClusterException unanswered(Throwable cause, Effect effect) {
        if ((cause instanceof SSLHandshakeException && !(cause.getCause() instanceof EOFException))
                || cause instanceof SSLPeerUnverifiedException
                || (cause instanceof SSLException && says(cause.getMessage(), "unrecognized SSL message"))) {
            return new ClusterConfigurationException(
                    "No TLS with Consul at " + address + ": " + cause.getMessage()
                            + ". Name the authority of its certificate by trustStore=FILE, or use consul:// if the agent"
                            + " speaks plain HTTP there",
                    cause);
        }
        if (cause instanceof UnknownHostException) {
            return new ClusterUnavailableException("Consul at " + address + " is not reachable: unknown host", cause);
        }
        if (neverSent(cause)) {
            return new ClusterUnavailableException(
                    "Consul at " + address + " is not reachable: " + cause.getMessage()
                            + ". Is the agent running there?",
                    cause);
        }
        String what = "Consul at " + address + " did not answer in time or cut the connection: " + cause.getMessage();
        return effect == Effect.WRITE
                ? new OutcomeUnknownException(what + "; the write may have been applied", cause)
                : new ClusterUnavailableException(what, cause);
    }

    /** The server answered, but not with what was asked for. */
    ClusterException refused(int status, String body, Effect effect) {
        String text = body.strip();
        if (letIn && says(text, "ACL not found")) {
            return new ClusterUnavailableException(
                    "Consul at " + address + " does not know the token now, but did (" + status + ": " + text
                            + "). A server that restarts does not for a moment; if this stays, set a valid token");
        }
        if (status == 401 || status == 403 || says(text, "ACL not found") || says(text, "Permission denied")) {
            return new ClusterConfigurationException("Consul at " + address + " refuses access (" + status + ": "
                    + text + "). Set a valid token with the rights key_prefix \"<namespace>/\" write,"
                    + " session_prefix \"\" write and service \"muster\" write");
        }
        if (says(text, "No path to datacenter") || says(text, "Missing node registration")) {
            return new ClusterConfigurationException("The agent at " + address
                    + " is not in the datacenter that the setting datacenter names (" + text
                    + "). Name an agent of that datacenter, or correct the setting");
        }
        if (says(text, "HTTP request to an HTTPS server")) {
            return new ClusterConfigurationException(
                    "Consul at " + address + " speaks HTTPS there: write consuls:// instead of consul://");
        }
        if (status >= 400 && status < 500 && status != 429 && status != 408) {
            return new ClusterConfigurationException(
                    "Consul at " + address + " does not understand the request (" + status + ": " + text
                            + "). Is it a Consul agent, 1.8 or newer, and are its limits the default ones?");
        }
        String what = "Consul at " + address + " cannot serve now (" + status + ": " + text + ")";
        boolean maybeApplied =
                effect == Effect.WRITE && status != 429 && NOT_APPLIED.stream().noneMatch(known -> says(text, known));
        return maybeApplied
                ? new OutcomeUnknownException(what + "; the write may have been applied")
                : new ClusterUnavailableException(what);
    }

    /** The deadline had passed before anything was sent. */
    ClusterException tooLate() {
        return new ClusterUnavailableException(
                "The deadline passed before the request to Consul at " + address + " was sent");
    }

    /** This process closed the connections. */
    ClusterException closed(Throwable cause) {
        return new ClusterUnavailableException("The connections to Consul at " + address + " were closed here", cause);
    }

    /** The answer was not Consul's JSON. */
    ClusterException unreadable(Throwable cause) {
        return new OutcomeUnknownException("The answer of " + address + " is not Consul's", cause);
    }

    /** Whether the failure came before the first byte of the request was sent. */
    private static boolean neverSent(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof ConnectTimeoutException
                || cause instanceof NoRouteToHostException;
    }

    /** Whether an agent answered that it cannot serve now: whatever else hinders a call has a cause here. */
    static boolean isAnswer(ClusterUnavailableException e) {
        return e.getCause() == null;
    }

    /** Whether a connection that had been established ended without an answer. */
    static boolean brokeOff(IOException cause) {
        return (cause instanceof SocketException || cause instanceof NoHttpResponseException) && !neverSent(cause);
    }

    static boolean says(@Nullable String text, String part) {
        return text != null && text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
