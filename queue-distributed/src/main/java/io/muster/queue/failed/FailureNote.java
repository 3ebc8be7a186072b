package io.muster.queue.failed;

import io.muster.queue.store.Exchange;
import io.muster.queue.store.Settlement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The detail that is kept with a failed job: where it failed, then its stack trace. A detail without such a first line, as stores write of jobs
 * that fail without an attempt, is all stack trace.
 *
 * @param node on which the last attempt ran
 */
public record FailureNote(Optional<String> node, String stackTrace) {
    private static final String LINE = "Failed on node ";
    private static final Pattern FORM = Pattern.compile("\\A" + LINE + "([^\\n]+)\\n(.*)\\z", Pattern.DOTALL);

    /** What an exchange says, with the node added to each failure. */
    public static Exchange named(Exchange exchange, String node) {
        List<Settlement> all = exchange.settlements();
        if (all.stream().noneMatch(one -> one.outcome() instanceof Settlement.Failed)) {
            return exchange;
        }
        return new Exchange(
                exchange.incarnation(),
                exchange.pool(),
                all.stream().map(one -> named(one, node)).toList(),
                exchange.take(),
                exchange.holding());
    }

    /** As {@link #text} wrote it, or any other text. */
    public static FailureNote of(String detail) {
        Matcher form = FORM.matcher(detail);
        return form.matches()
                ? new FailureNote(Optional.of(form.group(1)), form.group(2))
                : new FailureNote(Optional.empty(), detail);
    }

    public String text() {
        return node.map(name -> LINE + name.replace('\n', ' ') + "\n").orElse("") + stackTrace;
    }

    private static Settlement named(Settlement settlement, String node) {
        if (!(settlement.outcome() instanceof Settlement.Failed failed)) {
            return settlement;
        }
        String detail = new FailureNote(Optional.of(node), failed.detail()).text();
        return new Settlement(
                settlement.token(), new Settlement.Failed(failed.reason(), detail, failed.why()), settlement.outbox());
    }
}
