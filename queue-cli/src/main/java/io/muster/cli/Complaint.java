package io.muster.cli;

import io.muster.cli.console.CommandFailedException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.queue.QueueException;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.ServerStartException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Says in one line what went wrong and what to do. */
final class Complaint {
    private static final Pattern USER_INFORMATION = Pattern.compile("://\\S*@");
    private static final Pattern NAMED_SECRETS =
            Pattern.compile("((?i:password|passwd|pwd|token|secret|key)[a-zA-Z]*)=[^\\s&'\"]+");

    private Complaint() {}

    static String about(Throwable cause) {
        return withoutSecrets(explained(cause));
    }

    /** Words that no command understands; what follows an option that nobody knows may be its secret value. */
    static String about(CommandLine.UnmatchedArgumentException cause) {
        List<String> shown = new ArrayList<>();
        boolean mayBeSecret = false;
        for (String word : cause.getUnmatched()) {
            boolean option = word.startsWith("-");
            shown.add(
                    mayBeSecret && !option
                            ? "***"
                            : "'" + (option ? word.split("=", 2)[0] : withoutSecrets(word)) + "'");
            mayBeSecret = option;
        }
        return "Not understood: " + String.join(", ", shown);
    }

    private static String explained(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (cause instanceof ClusterUnavailableException || cause instanceof StoreUnavailableException) {
            return withRemedy(message, "Check that the server runs and that the address is right");
        }
        if (cause instanceof ClusterException
                || cause instanceof StoreException
                || cause instanceof QueueException
                || cause instanceof CommandFailedException
                || cause instanceof IllegalArgumentException) {
            return message;
        }
        if (cause instanceof ServerStartException) {
            return withRemedy(message, "Use another --cluster, or give the URI of a server that runs");
        }
        if (cause instanceof UncheckedIOException io) {
            return message + " (" + io.getCause() + ")";
        }
        return "Unexpected: " + cause + "; run it again with --verbose for the whole story";
    }

    /** A message that repeats what was typed, without what may be secret in it. */
    static String withoutSecrets(String message) {
        String shown = USER_INFORMATION.matcher(message).replaceAll("://***@");
        return NAMED_SECRETS.matcher(shown).replaceAll("$1=***");
    }

    /** Most complaints bring their own remedy along. */
    private static String withRemedy(String message, String remedy) {
        boolean hasOne = message.contains("heck that") || message.contains("?");
        return hasOne ? message : message + (message.endsWith(".") ? " " : ". ") + remedy + ".";
    }
}
