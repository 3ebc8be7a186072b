package io.muster.queue.explain;

import io.muster.queue.store.JobState;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One reason why a job is not running, or that it runs, or has ended. */
public sealed interface Cause
        permits NodeCause,
                WorkflowCause,
                Cause.UnknownId,
                Cause.DelayedUntil,
                Cause.LimiterFull,
                Cause.ThrottledUntil,
                Cause.QueuePaused,
                Cause.QueueUnserved,
                Cause.TypeUnserved,
                Cause.NodesNotWorking,
                Cause.NoLeader,
                Cause.OverlapKeyHeld,
                Cause.OverlapLockHeld,
                Cause.SuspectWaits,
                Cause.SlotsBusy,
                Cause.AssignedTo,
                Cause.Running,
                Cause.NodeLost,
                Cause.Settled,
                Cause.AboutToRun {
    /** One word for scripts, the same in all versions. */
    String code();

    /** One sentence for people. */
    String text();

    /** What it names, as texts, numbers, lists and maps; nothing by default. */
    default Map<String, Object> details() {
        return Map.of();
    }

    /**
     * No such job: it was never pushed, cleared, or is forgotten after its end; nor, as far as was looked, a batch, or what a chain or batch
     * is still to push.
     *
     * @param lookedAt how many jobs were looked through for what follows on them, if there are more; empty: all of them
     */
    record UnknownId(String jobId, Optional<Integer> lookedAt) implements Cause {
        public UnknownId(String jobId) {
            this(jobId, Optional.empty());
        }

        @Override
        public Map<String, Object> details() {
            return Lists.details("lookedAt", lookedAt);
        }

        @Override
        public String code() {
            return "unknown-id";
        }

        @Override
        public String text() {
            return "The store knows no job " + jobId
                    + ": it was never pushed, or was cleared, or ended so long ago that it is forgotten."
                    + lookedAt.map(jobs -> " Whether a chain is still to push it was looked for among " + jobs
                                    + " jobs; there are more.")
                            .orElse("");
        }
    }

    /**
     * It is not due yet.
     *
     * @param starts how often its handler was started before: above 0 it is to be tried again
     */
    record DelayedUntil(Instant until, int starts) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("until", until.toString(), "starts", starts);
        }

        @Override
        public String code() {
            return "delayed";
        }

        @Override
        public String text() {
            return starts == 0
                    ? "It is delayed until " + until + "."
                    : "It was started " + starts + " times and is to be tried again at " + until + ".";
        }
    }

    /** A limiter that it names has no permit left; looked at only where the job's class and the limiter are registered. */
    record LimiterFull(String limiter, Instant refillsAt) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("limiter", limiter, "refillsAt", refillsAt.toString());
        }

        @Override
        public String code() {
            return "limiter";
        }

        @Override
        public String text() {
            return "The limiter \"" + limiter + "\" lets no more through before " + refillsAt + ".";
        }
    }

    /**
     * So many exceptions were thrown by jobs like it that none of them runs for a while; looked at only where the job's class is registered.
     *
     * @param key what the exceptions are counted by
     */
    record ThrottledUntil(String key, Instant until) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("key", key, "until", until.toString());
        }

        @Override
        public String code() {
            return "throttled";
        }

        @Override
        public String text() {
            return "Jobs that count exceptions by \"" + key + "\" wait until " + until
                    + ", since too many of them threw.";
        }
    }

    /**
     * Nothing of its queue is handed out.
     *
     * @param by who paused it
     * @param since when; empty if it was paused by an older version
     */
    record QueuePaused(String queue, String by, Optional<Instant> since) implements Cause {
        private static final String SINCE = " since ";

        /** What is kept of a pause; {@link #of} reads it. */
        public static String note(String by, Instant since) {
            return by + SINCE + since;
        }

        /** From what a store keeps. */
        public static QueuePaused of(String queue, String note) {
            int at = note.lastIndexOf(SINCE);
            if (at > 0) {
                try {
                    return new QueuePaused(
                            queue,
                            note.substring(0, at),
                            Optional.of(Instant.parse(note.substring(at + SINCE.length()))));
                } catch (DateTimeParseException e) {
                    return new QueuePaused(queue, note, Optional.empty());
                }
            }
            return new QueuePaused(queue, note, Optional.empty());
        }

        @Override
        public Map<String, Object> details() {
            return Lists.details("queue", queue, "by", by, "since", since.map(Instant::toString));
        }

        @Override
        public String code() {
            return "queue-paused";
        }

        @Override
        public String text() {
            return "Queue \"" + queue + "\" was paused by " + by
                    + since.map(moment -> " at " + moment).orElse("") + "; resume it.";
        }
    }

    /**
     * No live node serves its queue.
     *
     * @param served the queues of each live node
     */
    record QueueUnserved(String queue, Map<String, List<String>> served) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("queue", queue, "served", served);
        }

        @Override
        public String code() {
            return "queue-unserved";
        }

        @Override
        public String text() {
            return "No live node serves queue \"" + queue + "\"; "
                    + Lists.each(served, "there is no live node", "serves") + ".";
        }
    }

    /**
     * Nodes serve its queue, but none of them its type.
     *
     * @param handled the types of each node that serves the queue
     */
    record TypeUnserved(String type, String queue, Map<String, List<String>> handled) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("type", type, "queue", queue, "handled", handled);
        }

        @Override
        public String code() {
            return "type-unserved";
        }

        @Override
        public String text() {
            return "No live node that serves queue \"" + queue + "\" handles type \"" + type + "\"; "
                    + Lists.each(handled, "none serves the queue", "handles") + ".";
        }
    }

    /**
     * The nodes that could run it take nothing.
     *
     * @param states of each of them
     */
    record NodesNotWorking(Map<String, String> states) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("states", states);
        }

        @Override
        public String code() {
            return "nodes-not-working";
        }

        @Override
        public String text() {
            return "The nodes that could run it take nothing now: "
                    + new TreeMap<>(states)
                            .entrySet().stream()
                                    .map(node -> node.getKey() + " is " + node.getValue())
                                    .collect(Collectors.joining(", "))
                    + ".";
        }
    }

    /** Nobody leads the group of its queue, so that nothing is assigned. */
    record NoLeader(String group) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("group", group);
        }

        @Override
        public String code() {
            return "no-leader";
        }

        @Override
        public String text() {
            return "Nobody leads group \"" + group
                    + "\" at this moment: nothing is handed out until a node is elected.";
        }
    }

    /**
     * Its overlap key is held.
     *
     * @param holderJobId whose attempt holds it
     * @param node where that runs; empty if it could not be seen
     */
    record OverlapKeyHeld(String key, String holderJobId, Optional<String> node) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Lists.details("key", key, "holder", holderJobId, "node", node);
        }

        @Override
        public String code() {
            return "overlap";
        }

        @Override
        public String text() {
            return "Its overlap key \"" + key + "\" is held by job " + holderJobId
                    + node.map(name -> " on node " + name).orElse("") + ".";
        }
    }

    /**
     * Its overlap key is a coordinator's lock, and that is held; looked at only where the job's class is registered.
     *
     * @param node that holds it
     */
    record OverlapLockHeld(String key, String node) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("key", key, "node", node);
        }

        @Override
        public String code() {
            return "overlap-lock";
        }

        @Override
        public String text() {
            return "The lock of its overlap key \"" + key + "\" is held by node " + node + ".";
        }
    }

    /**
     * It crashed before and must be its node's only suspect, and each node that could run it has another.
     *
     * @param suspects the other jobs by node
     */
    record SuspectWaits(Map<String, String> suspects) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("suspects", suspects);
        }

        @Override
        public String code() {
            return "suspect";
        }

        @Override
        public String text() {
            return "A node died while it ran, so that it runs only where no other such job does: "
                    + new TreeMap<>(suspects)
                            .entrySet().stream()
                                    .map(other -> other.getKey() + " runs " + other.getValue())
                                    .collect(Collectors.joining(", "))
                    + ".";
        }
    }

    /**
     * All slots that could run it are taken.
     *
     * @param busy slots that run something
     * @param total slots there are
     */
    record SlotsBusy(String queue, int busy, int total, Collection<String> nodes) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("queue", queue, "busy", busy, "total", total, "nodes", nodes);
        }

        @Override
        public String code() {
            return "slots-busy";
        }

        @Override
        public String text() {
            return "All slots that serve queue \"" + queue + "\" are busy (" + busy + " of " + total + ") on "
                    + String.join(", ", nodes) + ".";
        }
    }

    /** It was given to a node, which has not begun it: its slots are taken, or it is about to. */
    record AssignedTo(String node) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("node", node);
        }

        @Override
        public String code() {
            return "assigned";
        }

        @Override
        public String text() {
            return "It is assigned to node " + node + ", which begins it as soon as a slot is free.";
        }
    }

    /**
     * It runs.
     *
     * @param since if it runs in this process
     * @param progress what its handler says of it, in percent
     */
    record Running(String node, Optional<Instant> since, Optional<Integer> progress) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Lists.details("node", node, "since", since.map(Instant::toString), "progress", progress);
        }

        @Override
        public String code() {
            return "running";
        }

        @Override
        public String text() {
            return "It runs on node " + node
                    + since.map(moment -> " since " + moment).orElse("")
                    + progress.map(percent -> ", " + percent + " % done").orElse("") + ".";
        }
    }

    /** The node that has it is not live: it is taken back from there soon. */
    record NodeLost(String node) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Map.of("node", node);
        }

        @Override
        public String code() {
            return "node-lost";
        }

        @Override
        public String text() {
            return "Node " + node + ", which has it, is no live node any more: the leader takes it back soon.";
        }
    }

    /** It has ended. */
    record Settled(JobState state, Optional<Instant> at, Optional<String> reason) implements Cause {
        @Override
        public Map<String, Object> details() {
            return Lists.details("state", state.name(), "at", at.map(Instant::toString), "reason", reason);
        }

        @Override
        public String code() {
            return "settled";
        }

        @Override
        public String text() {
            return "It is " + state + at.map(moment -> " since " + moment).orElse("")
                    + reason.map(why -> ": " + why).orElse("") + ".";
        }
    }

    /** Nothing holds it: it is handed out within moments, after those before it. */
    record AboutToRun() implements Cause {
        @Override
        public String code() {
            return "about-to-run";
        }

        @Override
        public String text() {
            return "Nothing holds it: it is handed out next, after those that stand before it.";
        }
    }
}
