package io.muster.queue.explain;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Why nodes that could run it begin nothing, though their pools are whole; or why that cannot be told. */
public sealed interface NodeCause extends Cause {
    /** The cluster is in maintenance, and no pool that could run it goes on meanwhile. */
    record InMaintenance(String by, String reason, Instant since) implements NodeCause {
        @Override
        public Map<String, Object> details() {
            return Map.of("by", by, "reason", reason, "since", since.toString());
        }

        @Override
        public String code() {
            return "maintenance";
        }

        @Override
        public String text() {
            return "The cluster is in maintenance since " + since + " by " + by
                    + (reason.isBlank() ? "" : " (" + reason + ")") + ": no pool that could run it begins a job.";
        }
    }

    /**
     * Pools that could run it have free slots, but their nodes run as many handlers as they may at once, over all pools.
     *
     * @param most of each of them: {@code muster.max-concurrency}
     */
    record NodesFull(Map<String, Integer> most) implements NodeCause {
        @Override
        public Map<String, Object> details() {
            return Map.of("most", most);
        }

        @Override
        public String code() {
            return "nodes-full";
        }

        @Override
        public String text() {
            return "The nodes that could run it run as many handlers at once as muster.max-concurrency lets them: "
                    + new TreeMap<>(most)
                            .entrySet().stream()
                                    .map(node -> node.getKey() + " " + node.getValue())
                                    .collect(Collectors.joining(", "))
                    + ".";
        }
    }

    /**
     * The coordinator gave no answer, so that causes which it knows may be missing, and that nodes live which are named. While it is silent jobs
     * begin only as long as the sessions of their nodes last.
     *
     * @param reason what came instead of an answer
     */
    record CoordinatorSilent(String reason) implements NodeCause {
        @Override
        public Map<String, Object> details() {
            return Map.of("reason", reason);
        }

        @Override
        public String code() {
            return "coordinator-silent";
        }

        @Override
        public String text() {
            return "The coordinator does not answer (" + reason
                    + "): who leads and which nodes live is not known, and once their sessions are over nodes begin nothing until it does.";
        }
    }
}
