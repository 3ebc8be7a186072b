package io.muster.queue.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Translates what Lettuce throws and Redis answers; the only place that knows their errors. */
final class RedisErrors {
    /** What an error reply begins with; inside scripts older servers put text of their own before it. */
    private static final Pattern CODE = Pattern.compile(
            "\\b(WRONGPASS|NOAUTH|NOPERM|OOM|READONLY|MISCONF|NOREPLICAS|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOTBUSY|WRONGTYPE)\\b");

    private static final List<String> NOT_THE_MASTER = List.of("READONLY", "MOVED", "ASK", "LOADING", "MASTERDOWN");
    private static final List<String> NOT_SENT =
            List.of("Connection is closed", "Currently not connected", "Request queue size exceeded");
    /** Lettuce may say the first in place of the server's answer as well, when it closes the connection because of that. */
    private static final List<String> HUNG_UP =
            List.of("Connection closed prematurely", "Connection reset", "Broken pipe");

    private static final String COMMANDS = "+@read +@write +@scripting +@pubsub +@connection +info +time";
    private static final String CLUSTER_COMMANDS = " +cluster|keyslot +cluster|slots ";
    private static final int MOST_SHOWN = 200;

    private final RedisStoreConfig config;
    private final String accessRules;

    /** @param accessRules what a restricted user must be allowed to touch */
    RedisErrors(RedisStoreConfig config, String accessRules) {
        this.config = config;
        this.accessRules = accessRules;
    }

    /** No connection could be made. */
    RuntimeException connecting(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException known) {
                return known;
            }
            if (cause instanceof ClusterConfigurationException known) {
                return known;
            }
            if (cause instanceof RedisCommandExecutionException refusal) {
                return refused("connect", refusal);
            }
            if (cause instanceof SSLException) {
                return new ClusterConfigurationException(
                        "TLS with Redis at " + config.address() + " failed: " + shown(cause.getMessage())
                                + ". Check tlsCa, tlsVerify, and that the port speaks TLS.",
                        failure);
            }
            if (cause instanceof UnknownHostException) {
                return new StoreUnavailableException("No such host: " + config.address(), failure);
            }
        }
        return new StoreUnavailableException(
                "Redis at " + config.address() + " cannot be reached: " + shown(root(failure)), failure);
    }

    /** Nobody answered the attempt to connect. */
    StoreUnavailableException silent() {
        return new StoreUnavailableException("Redis at " + config.address() + " does not answer");
    }

    /** The server answered with an error: nothing was applied. */
    RuntimeException refused(String action, Throwable failure) {
        String answer = shown(failure.getMessage());
        String where = "Redis at " + config.address();
        return switch (code(failure).orElse("")) {
            case "WRONGPASS" ->
                new ClusterConfigurationException(
                        where + " refuses the credentials of "
                                + config.credentials()
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
                                + config.credentials()
                                        .username()
                                        .map(name -> "user " + name)
                                        .orElse("the default user")
                                + ": " + answer
                                + ". Grant it: ACL SETUSER … " + COMMANDS
                                + (config.topology() == RedisStoreConfig.Topology.CLUSTER ? CLUSTER_COMMANDS : " ")
                                + accessRules,
                        failure);
            case "WRONGTYPE" ->
                new ClusterConfigurationException(
                        where + " holds something else under this namespace's keys (" + accessRules + "): " + answer
                                + ". Use another namespace or remove them.",
                        failure);
            case "OOM" ->
                new StoreFullException(
                        where + " has reached its maxmemory and takes no more jobs; nothing was applied by " + action
                                + ". Workers go on; raise maxmemory or let them drain the queues.",
                        failure);
            case "MOVED" ->
                config.topology() == RedisStoreConfig.Topology.CLUSTER
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
                    "Redis at " + config.address() + " cannot serve " + action + ": " + answer
                            + ". Redis 6.2 or newer is needed, with all its commands, and the database must exist.",
                    failure);
        }
        return unavailable(action, answer, failure);
    }

    private StoreUnavailableException unavailable(String action, String answer, Throwable failure) {
        return new StoreUnavailableException(
                "Redis at " + config.address() + " cannot serve " + action + " now: " + answer, failure);
    }

    /** The request was not sent. */
    StoreUnavailableException notSent(String action, @Nullable Throwable failure) {
        String message = "Redis at " + config.address() + ": " + action + " was not sent, the connection is down";
        return failure == null
                ? new StoreUnavailableException(message)
                : new StoreUnavailableException(message, failure);
    }

    /** The request was sent, and there was no answer by its deadline, or the connection broke before. */
    StoreException unanswered(String action, Effect effect, @Nullable Throwable failure) {
        String message = "Redis at " + config.address() + ": no answer to " + action
                + (failure == null ? " in time" : ", the connection broke");
        if (effect == Effect.READS) {
            return failure == null
                    ? new StoreUnavailableException(message)
                    : new StoreUnavailableException(message, failure);
        }
        return failure == null
                ? new StoreOutcomeUnknownException(message)
                : new StoreOutcomeUnknownException(message, failure);
    }

    /** Whether Lettuce refused to send the request. What was under way when a connection broke has other messages. */
    static boolean isNotSent(Throwable failure) {
        String message = failure.getMessage();
        return message != null && NOT_SENT.stream().anyMatch(message::startsWith);
    }

    /** Whether a connection ended while it was made, without an answer that says why. */
    static boolean isHungUp(Throwable failure) {
        Throwable cause = rootCause(failure);
        return cause instanceof ClosedChannelException
                || isNotSent(cause)
                || HUNG_UP.stream().anyMatch(shown(cause.getMessage())::startsWith);
    }

    /** Whether the server behind the connection is no master of these keys, so that another must be looked for. */
    static boolean isNotTheMaster(Throwable failure) {
        return code(failure).filter(NOT_THE_MASTER::contains).isPresent();
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
    enum Effect {
        /** Nothing, or nothing that matters if its answer is lost: may be repeated. */
        READS,
        /** Something: unknown if its answer is lost. */
        WRITES
    }
}
