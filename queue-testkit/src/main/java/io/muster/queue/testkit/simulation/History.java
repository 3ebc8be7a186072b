package io.muster.queue.testkit.simulation;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Fence;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.testkit.simulation.WatchedStore.Knowledge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the store did in a run, and which promises that broke. */
public final class History {
    private static final int KEPT_EVENTS = 400;
    /** What follows from other jobs is pushed by the store itself, and has no keys here. */
    private static final NewJob UNKNOWN = NewJob.of("unknown", "unknown", "unknown", new byte[0]);

    private final Supplier<Instant> now;
    private final Instant begin;
    private final Duration clocksDiffer;
    private final Deque<Event> events = new ArrayDeque<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<String, NewJob> pushed = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Set<String> completed = new HashSet<>();
    private final Map<String, Long> latestAttempt = new HashMap<>();
    private final Map<String, Long> latestTerm = new HashMap<>();
    private final Map<String, AttemptToken> held = new HashMap<>();
    private final Map<String, String> uniqueOwners = new HashMap<>();
    private final Map<String, AttemptToken> overlapOwners = new HashMap<>();
    private final Set<String> buried = new HashSet<>();
    private final Set<String> ticks = new HashSet<>();
    private final Map<String, Integer> releases = new HashMap<>();
    private final Knowledge knowledge;
    private Runnable whenTermBegins = () -> {};
    private int runs;

    /** Put into words when somebody reads it: most are forgotten before. */
    private record Event(Instant at, Supplier<String> words) {}

    /**
     * @param clocksDiffer how far the clock that judges due moments may be from {@code now}
     * @param knowledge what exceptions leave open
     */
    History(Supplier<Instant> now, Duration clocksDiffer, Knowledge knowledge) {
        this.now = now;
        this.knowledge = knowledge;
        this.begin = now.get();
        this.clocksDiffer = clocksDiffer;
    }

    /** Called when a term writes for the first time. */
    void whenTermBegins(Runnable look) {
        whenTermBegins = look;
    }

    void note(String event) {
        note(() -> event);
    }

    /** {@code words} say later what they would say now. */
    void note(Supplier<String> words) {
        events.add(new Event(now.get(), words));
        if (events.size() > KEPT_EVENTS) {
            events.removeFirst();
        }
    }

    void violated(String promise) {
        note("VIOLATED: " + promise);
        violations.add(promise);
    }

    void wrote(Fence fence, String what, String node) {
        long latest = latestTerm.getOrDefault(fence.group(), 0L);
        if (fence.term() < latest) {
            violated(node + " wrote (" + what + ") under term " + fence.term() + " after term " + latest
                    + " had written");
        }
        if (fence.term() > latest) {
            note("term " + fence.term() + " of " + node + " begins to write");
            whenTermBegins.run();
        }
        latestTerm.put(fence.group(), Math.max(latest, fence.term()));
    }

    /** The store's answer to a push. */
    void pushed(NewJob job, PushOutcome outcome) {
        if (outcome instanceof PushOutcome.Pushed) {
            note(() -> "pushed " + job.id() + " (" + job.type() + ")");
            pushed.put(job.id(), job);
            job.unique().map(UniqueKey::key).ifPresent(key -> {
                String owner = uniqueOwners.put(key, job.id());
                if (owner != null && !ended.contains(owner) && !mayHaveBegun(owner)) {
                    violated(job.id() + " was pushed with the key " + key + " of " + owner + ", which lives");
                }
            });
        } else if (outcome instanceof PushOutcome.DuplicateOf duplicate) {
            note(() -> job.id() + " is a duplicate of " + duplicate.holderJobId());
            if (ended.contains(duplicate.holderJobId())) {
                violated(job.id() + " was refused for a key of " + duplicate.holderJobId() + ", which had ended");
            }
        }
    }

    /** Whether its key may be free because its attempt was begun, in a call whose answer nobody has seen yet. */
    private boolean mayHaveBegun(String jobId) {
        return knowledge == Knowledge.PARTIAL
                && pushedAs(jobId)
                        .unique()
                        .filter(key -> key.until() == UniqueKey.Until.PROCESSING)
                        .isPresent();
    }

    /** From now on others may begin what this incarnation has begun. */
    void buries(String incarnation) {
        buried.add(incarnation);
        held.values().removeIf(token -> token.incarnation().equals(incarnation));
        overlapOwners.values().removeIf(token -> token.incarnation().equals(incarnation));
    }

    /** The store answered to this incarnation. */
    void served(String incarnation) {
        if (buried.contains(incarnation)) {
            violated("The store served incarnation " + incarnation + " after it had been buried");
        }
    }

    /** The attempt's end is on its way to the store, whose answer will say no more than whether it counted. */
    void givesUp(AttemptToken token) {
        held.remove(token.jobId(), token);
        overlapOwners.values().remove(token);
        pushedAs(token.jobId()).unique().map(UniqueKey::key).ifPresent(key -> uniqueOwners.remove(key, token.jobId()));
    }

    void taken(Attempt attempt, String node) {
        AttemptToken token = attempt.token();
        note(() -> node + " takes " + token + ", " + attempt.counters());
        if (knowledge == Knowledge.PARTIAL && buried.contains(token.incarnation())) {
            return; // Begun before the burial; the node hung between that commit and its answer.
        }
        AttemptToken before = held.put(token.jobId(), token);
        if (before != null && !before.equals(token)) {
            violated(token + " was begun while " + before + " ran on a node that nobody had buried");
        }
        long latest = latestAttempt.getOrDefault(token.jobId(), 0L);
        if (token.number() < latest) {
            violated("Attempt " + token + " was taken after attempt " + latest + " of the same job");
        }
        latestAttempt.put(token.jobId(), Math.max(latest, token.number()));
        if (ended.contains(token.jobId())) {
            violated(token + " was taken although the job was settled");
        }
        int starts = 1 + releases.getOrDefault(token.jobId(), 0);
        if (knowledge == Knowledge.EXACT && attempt.counters().starts() != starts) {
            violated(token + " counts as try " + attempt.counters().starts() + ", and is " + starts);
        }
        NewJob job = pushedAs(token.jobId());
        job.dueAt()
                .filter(due -> now.get().plus(clocksDiffer).isBefore(due))
                .ifPresent(due -> violated(token + " was taken before it was due, at " + due));
        job.unique()
                .filter(key -> key.until() == UniqueKey.Until.PROCESSING)
                .ifPresent(key -> uniqueOwners.remove(key.key(), job.id()));
        job.overlap().map(OverlapKey::key).ifPresent(key -> {
            AttemptToken other = overlapOwners.put(key, token);
            if (other != null && !other.equals(token)) {
                violated(token + " was begun with the overlap key " + key + " that " + other + " holds");
            }
        });
    }

    /** The store answered to what a node says of an attempt. */
    void settled(Settlement settlement, SettleResult result, String node) {
        AttemptToken token = settlement.token();
        if (result != SettleResult.ACCEPTED) {
            note(() -> node + " settles " + token + ": " + result);
            return;
        }
        note(() -> node + " settles " + token + ": "
                + settlement.outcome().getClass().getSimpleName());
        if (token.number() < latestAttempt.getOrDefault(token.jobId(), 0L)) {
            violated("A settlement of " + token + " was accepted after a newer attempt had begun");
        }
        givesUp(token);
        if (settlement.outcome() instanceof Settlement.Released) {
            releases.merge(token.jobId(), 1, Integer::sum);
        }
        if (settlement.outcome() instanceof Settlement.Released
                || settlement.outcome() instanceof Settlement.Returned) {
            pushedAs(token.jobId())
                    .unique()
                    .filter(key -> key.until() == UniqueKey.Until.SETTLED)
                    .ifPresent(key -> uniqueOwners.putIfAbsent(key.key(), token.jobId()));
            return;
        }
        if (!ended.add(token.jobId())) {
            violated("Job " + token.jobId() + " was settled twice, the second time by " + token);
        }
        if (settlement.outcome() instanceof Settlement.Completed) {
            completed.add(token.jobId());
        }
    }

    /** A schedule's tick was accepted. */
    void fired(String jobId) {
        note(() -> "fired " + jobId);
        if (!ticks.add(jobId)) {
            violated("The tick " + jobId + " was fired twice");
        }
    }

    boolean knowsTick(String jobId) {
        return ticks.contains(jobId);
    }

    void started(String node, String jobId, String what) {
        note(() -> node + " runs " + what + " (" + jobId + ")");
        runs++;
    }

    /** Whether the job was settled, which the store may have forgotten by now. */
    boolean hasEnded(String jobId) {
        return ended.contains(jobId);
    }

    /** Whether the store accepted that the job completed; it may have forgotten it by now. */
    boolean hasCompleted(String jobId) {
        return completed.contains(jobId);
    }

    /** Handler runs over all jobs. */
    public int runs() {
        return runs;
    }

    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** The latest events, one a line. */
    public String timeline() {
        return events.stream()
                .map(event -> Duration.between(begin, event.at()).toMillis() + " ms  "
                        + event.words().get())
                .collect(Collectors.joining("\n"));
    }

    private NewJob pushedAs(String jobId) {
        return pushed.getOrDefault(jobId, UNKNOWN);
    }
}
