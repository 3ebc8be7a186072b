package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A history written by hand; each line is a second later than the one before. */
final class Told {
    static final long SECOND = 1_000_000_000;
    private static final long MIDNIGHT = 1_767_225_600_000L;

    private final List<Event> events = new ArrayList<>();
    private long nanos = 1_000 * SECOND;

    Told() {
        say("driver", Kind.RUN, "ttlMillis", "2000", "slackMillis", "500", "seed", "1", "pair", "a + b");
    }

    /** The next line is that many seconds later. */
    Told after(double seconds) {
        nanos += (long) ((seconds - 1) * SECOND);
        return this;
    }

    Told say(String process, Kind kind, String... pairs) {
        Map<String, String> said = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            said.put(pairs[i], pairs[i + 1]);
        }
        nanos += SECOND;
        events.add(new Event(nanos, MIDNIGHT + (nanos - 1_000 * SECOND) / 1_000_000, process, kind, said));
        return this;
    }

    Told pushing(String plan, Work work, String... more) {
        List<String> pairs = new ArrayList<>(List.of("plan", plan, "work", work.name(), "count", "1"));
        pairs.addAll(List.of(more));
        return say("client-1", Kind.PUSHING, pairs.toArray(String[]::new));
    }

    Told pushed(String plan) {
        return answered(plan, "pushed", "");
    }

    Told answered(String plan, String outcome, String holder) {
        return say("client-1", Kind.PUSHED, "plan", plan, "outcome", outcome, "holder", holder, "why", "");
    }

    Told began(String node, String job, int fence, int attempt, String... more) {
        List<String> pairs = new ArrayList<>(List.of(
                "job", job, "plan", job, "part", "job", "fence", "" + fence, "attempt", "" + attempt, "overlap", ""));
        pairs.addAll(List.of(more));
        return say(node, Kind.BEGAN, pairs.toArray(String[]::new));
    }

    Told ended(String node, String job, int fence, String how) {
        return say(node, Kind.ENDED, "job", job, "fence", "" + fence, "how", how);
    }

    Told settled(String node, String job, int fence, String how) {
        return say(
                node,
                Kind.SETTLED,
                "job",
                job,
                "fence",
                "" + fence,
                "number",
                "1",
                "incarnation",
                node + "-a",
                "how",
                how);
    }

    /** Looked a tenth of a second ago, and found that it trusts this term. */
    Told trusts(String node, int term) {
        long looked = nanos + SECOND - SECOND / 10;
        return say(node, Kind.TRUST, "term", "" + term, "since", "" + looked);
    }

    /** A server of the store is seen to lead, or not any more. */
    Told role(String site, String server, boolean leads) {
        return say("driver", Kind.ROLE, "site", site, "shard", "0", "server", server, "leads", "" + leads);
    }

    /** Begins, ends well and is settled on node-1. */
    Told ran(String job, int fence, String... more) {
        return began("node-1", job, fence, 1, more)
                .ended("node-1", job, fence, "done")
                .settled("node-1", job, fence, "completed");
    }

    /** A part of a plan, under a job of its own. */
    Told ranPart(String plan, String part, int fence) {
        return ran(plan + "." + part, fence, "plan", plan, "part", part);
    }

    Told ends(String job, String state) {
        return say("driver", Kind.FINAL, "job", job, "state", state, "reason", "");
    }

    Told nothingLeft() {
        return say("driver", Kind.LEFT, "live", "0", "which", "");
    }

    List<Event> events() {
        return events;
    }

    History history() {
        return new History(events, 0);
    }
}
