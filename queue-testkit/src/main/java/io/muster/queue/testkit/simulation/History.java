package io.muster.queue.testkit.simulation;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Fence;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What happened in a run, and which promises it broke. */
public final class History {
    private static final int KEPT_EVENTS = 400;

    private final Supplier<Duration> elapsed;
    private final Deque<String> events = new ArrayDeque<>();
    private final List<String> violations = new ArrayList<>();
    private final Set<String> acknowledged = new LinkedHashSet<>();
    private final Map<String, Integer> settled = new HashMap<>();
    private final Map<String, Long> latestAttempt = new HashMap<>();
    private final Map<String, Long> latestTerm = new HashMap<>();
    private final Map<String, Integer> runs = new HashMap<>();
    private final Map<String, AttemptToken> held = new HashMap<>();
    private final Set<String> buried = new HashSet<>();

    History(Supplier<Duration> elapsed) {
        this.elapsed = elapsed;
    }

    void note(String event) {
        events.add(elapsed.get().toMillis() + " ms  " + event);
        if (events.size() > KEPT_EVENTS) {
            events.removeFirst();
        }
    }

    void acknowledged(String jobId) {
        acknowledged.add(jobId);
    }

    void wrote(Fence fence, String what, String node) {
        long latest = latestTerm.getOrDefault(fence.group(), 0L);
        if (fence.term() < latest) {
            violated(node + " wrote (" + what + ") under term " + fence.term() + " after term " + latest
                    + " had written");
        }
        latestTerm.put(fence.group(), Math.max(latest, fence.term()));
    }

    /** From now on others may begin what this incarnation has begun. */
    void buries(String incarnation) {
        buried.add(incarnation);
    }

    /** The attempt's end is on its way to the store. */
    void givesUp(AttemptToken token) {
        held.remove(token.jobId(), token);
    }

    void taken(Attempt attempt, String node) {
        AttemptToken token = attempt.token();
        note(node + " takes " + token);
        AttemptToken before = held.put(token.jobId(), token);
        if (before != null && !before.equals(token) && !buried.contains(before.incarnation())) {
            violated(token + " was begun while " + before + " ran on a node that nobody had buried");
        }
        long latest = latestAttempt.getOrDefault(token.jobId(), 0L);
        if (token.number() < latest) {
            violated("Attempt " + token + " was taken after attempt " + latest + " of the same job");
        }
        latestAttempt.put(token.jobId(), Math.max(latest, token.number()));
        if (settled.containsKey(token.jobId())) {
            violated(token + " was taken although the job was settled");
        }
    }

    void started(String jobId) {
        runs.merge(jobId, 1, Integer::sum);
    }

    /** The store accepted that the job ended for good. */
    void ended(AttemptToken token, String node) {
        note(node + " ends " + token);
        if (token.number() < latestAttempt.getOrDefault(token.jobId(), 0L)) {
            violated("A settlement of " + token + " was accepted after a newer attempt had begun");
        }
        if (settled.merge(token.jobId(), 1, Integer::sum) > 1) {
            violated("Job " + token.jobId() + " was settled twice, the second time by " + token);
        }
    }

    /** Whether the job was settled, which the store may have forgotten by now. */
    boolean hasEnded(String jobId) {
        return settled.containsKey(jobId);
    }

    void violated(String promise) {
        note("VIOLATED: " + promise);
        violations.add(promise);
    }

    /** Handler runs over all jobs. */
    public int runs() {
        return runs.values().stream().mapToInt(Integer::intValue).sum();
    }

    public List<String> violations() {
        return List.copyOf(violations);
    }

    Set<String> acknowledged() {
        return acknowledged;
    }

    /** The latest events, one a line. */
    public String timeline() {
        return String.join("\n", events);
    }
}
