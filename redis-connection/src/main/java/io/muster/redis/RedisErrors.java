package io.muster.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.muster.cluster.ClusterConfigurationException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Translates what Lettuce throws and Redis answers; the only place that knows their errors. Immutable. */
public final class RedisErrors {
    /** What an error reply begins with; inside scripts older servers put text of their own before it. */
    private static final Pattern CODE = Pattern.compile(
            "\\b(WRONGPASS|NOAUTH|NOPERM|OOM|READONLY|MISCONF|NOREPLICAS|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOTBUSY|WRONGTYPE)\\b");

    private static final List<String> NOT_THE_MASTER = List.of("READONLY", "MOVED", "ASK", "LOADING", "MASTERDOWN");
    private static final List<String> NOT_SENT =
            List.of("Connection is closed", "Currently not connected", "Request queue size exceeded");
    /** Lettuce may say the first in place of the server's answer as well, when it closes the connection because of that. */
    private static final List<String> HUNG_UP = List.of(
            "Connection closed prematurely",
            "Connection reset",
            "Broken pipe",
            "RedisHandshakeHandler not registered"); // The channel was closed before Lettuce looked for its handshake.

    private static final String COMMANDS = "+@read +@write +@scripting +@pubsub +@connection +info +time";
    private static final String CLUSTER_COMMANDS = " +cluster|keyslot +cluster|slots ";
    private static final int MOST_SHOWN = 200;

    private final RedisAddress address;
    private final String accessRules;
    private final RedisFailures failures;

    /** @param accessRules what a restricted user must be allowed to touch */
    public RedisErrors(RedisAddress address, String accessRules, RedisFailures failures) {
        this.address = address;
        this.accessRules = accessRules;
        this.failures = failures;
    }

    /** What a restricted user must be granted, as rules of {@code ACL SETUSER}. */
    public String rights() {
        return COMMANDS + (address.topology() == RedisAddress.Topology.CLUSTER ? CLUSTER_COMMANDS : " ") + accessRules;
    }

    private String where() {
        return "Redis at " + address.hostsText();
    }

    /** No connection could be made. */
    public RuntimeException connecting(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RuntimeException known && isKnown(known)) {
                return known;
            }
            if (cause instanceof RedisCommandExecutionException refusal) {
                return refused("connect", refusal);
            }
            if (cause instanceof SSLException tls && isLasting(tls)) {
                return new ClusterConfigurationException(
                        "TLS with " + where() + " failed: " + shown(cause.getMessage())
                                + ". Check tlsCa, tlsVerify, and that the port speaks TLS.",
                        failure);
            }
            if (cause instanceof UnknownHostException) {
                return failures.unavailable("No such host: " + address.hostsText(), failure);
            }
        }
        return failures.unavailable(where() + " cannot be reached: " + shown(root(failure)), failure);
    }

    /** Not one that came about because the connection broke meanwhile. */
    private static boolean isLasting(SSLException failure) {
        String text = String.valueOf(failure.getMessage());
        return !text.startsWith("Connection closed") && !text.contains("closed already");
    }

    private boolean isKnown(RuntimeException failure) {
        return failure instanceof ClusterConfigurationException || failures.isOwn(failure);
    }

    /** The server that answered is a replica. */
    RuntimeException replica() {
        return failures.unavailable(
                where() + " is a replica now. Name its master, or use redis-sentinel:// to have it found.", null);
    }

    /** No node of the Cluster says that it has the slot. */
    RuntimeException unserved(long slot) {
        return failures.unavailable(
                "No node of the Redis Cluster at " + address.hostsText() + " serves slot " + slot + " now", null);
    }

    /** The caller closed the connection before. */
    RuntimeException closed() {
        return failures.unavailable("The connection to Redis was closed by this process", null);
    }

    /** Nobody answered the attempt to connect. */
    public RuntimeException silent() {
        return failures.unavailable(where() + " does not answer", null);
    }

    /** The server answered with an error: nothing was applied. */
    public RuntimeException refused(String action, Throwable failure) {
        String answer = shown(failure.getMessage());
        String where = where();
        return switch (code(failure).orElse("")) {
            case "WRONGPASS" ->
                new ClusterConfigurationException(
                        where + " refuses the credentials of "
                                + address.credentials()
                                        .username()
                                        .map(name -> "user " + name)
                                        .orElse("the default user")
                                + ". Correct user and password of the address.",
                        failure);
            case "NOAUTH" ->
                new ClusterConfigurationException(
                        where + " asks for a password. Write it into the address: redis://user:password@host", failure);
            case "NOPERM" ->
                new ClusterConfigurationException(
                        where + " denies " + action + " to "
                                + address.credentials()
                                        .username()
                                        .map(name -> "user " + name)
                                        .orElse("the default user")
                                + ": " + answer
                                + ". Grant it: ACL SETUSER … " + rights(),
                        failure);
            case "WRONGTYPE" ->
                new ClusterConfigurationException(
                        where + " holds something else under this namespace's keys (" + accessRules + "): " + answer
                                + ". Use another namespace or remove them.",
                        failure);
            case "OOM" -> failures.full(where, action, answer, failure);
            case "MOVED" ->
                address.topology() == RedisAddress.Topology.CLUSTER
                        ? unavailable(action, answer, failure)
                        : new ClusterConfigurationException(
                                where + " belongs to a Redis Cluster. Write redis-cluster:// instead of redis://",
                                failure);
            case "" -> unexpected(action, answer, failure);
            default -> unavailable(action, answer, failure);
        };
    }

    private RuntimeException unexpected(String action, String answer, Throwable failure) {
        if (answer.contains("ERR unknown command")
                || answer.contains("ERR invalid DB index")
                || answer.contains("out of range")
                || answer.contains("called without any password")) {
            return new ClusterConfigurationException(
                    where() + " cannot serve " + action + ": " + answer
                            + ". Redis 6.2 or newer is needed, with all its commands, and the database must exist.",
                    failure);
        }
        return unavailable(action, answer, failure);
    }

    private RuntimeException unavailable(String action, String answer, Throwable failure) {
        return failures.unavailable(where() + " cannot serve " + action + " now: " + answer, failure);
    }

    /** The request was not sent. */
    public RuntimeException notSent(String action, @Nullable Throwable failure) {
        return failures.unavailable(where() + ": " + action + " was not sent, the connection is down", failure);
    }

    /** The request was sent, and there was no answer by its deadline, or the connection broke before. */
    public RuntimeException unanswered(String action, Effect effect, @Nullable Throwable failure) {
        String message =
                where() + ": no answer to " + action + (failure == null ? " in time" : ", the connection broke");
        return effect == Effect.READS ? failures.unavailable(message, failure) : failures.unknown(message, failure);
    }

    /** Whether Lettuce refused to send the request. What was under way when a connection broke has other messages. */
    public static boolean isNotSent(Throwable failure) {
        String message = failure.getMessage();
        return message != null && NOT_SENT.stream().anyMatch(message::startsWith);
    }

    /** Whether a connection ended while it was made, without an answer that says why. */
    public static boolean isHungUp(Throwable failure) {
        Throwable cause = rootCause(failure);
        return cause instanceof ClosedChannelException
                || isNotSent(cause)
                || HUNG_UP.stream().anyMatch(shown(cause.getMessage())::startsWith);
    }

    /** Whether the server behind the connection is no master of these keys, so that another must be looked for. */
    public static boolean isNotTheMaster(Throwable failure) {
        return code(failure).filter(NOT_THE_MASTER::contains).isPresent();
    }

    /** Whether the server refused what was asked because a key is of another type than ours. */
    public static boolean isOfAnotherType(ClusterConfigurationException refused) {
        Throwable answer = refused.getCause();
        return answer != null && code(answer).filter("WRONGTYPE"::equals).isPresent();
    }

    private static Optional<String> code(Throwable failure) {
        String message = failure.getMessage();
        if (message == null) {
            return Optional.empty();
        }
        if (message.contains("ACL failure in script") || message.contains("The user executing the script can't")) {
            return Optional.of("NOPERM");
        }
        Matcher code = CODE.matcher(message);
        return code.find() ? Optional.of(code.group(1)) : Optional.empty();
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String root(Throwable failure) {
        Throwable cause = rootCause(failure);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Without arguments, which a server may repeat, and of bounded length. */
    private static String shown(@Nullable String message) {
        if (message == null) {
            return "no reason given";
        }
        int arguments = message.indexOf(", with args");
        String text = arguments < 0 ? message : message.substring(0, arguments);
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
    }

    /** What a request does at the server, and so what its missing answer means. */
    public enum Effect {
        /** Nothing, or nothing that matters if its answer is lost: may be repeated. */
        READS,
        /** Something: unknown if its answer is lost. */
        WRITES
    }
}
