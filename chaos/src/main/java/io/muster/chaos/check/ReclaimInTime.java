package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node that was killed, or paused for long enough, holds nothing any more after the TTL, what the coordinator needs beyond it, and a
 * second. Judged where no other fault holds at that time, and the driver keeps its own session. What the machine itself was late is added.
 * Pauses are not judged where processes share a file: the paused one may have it open for all, or keep rows locked, and H2 ends neither.
 */
final class ReclaimInTime implements Rule {
    static final Set<String> LOST_NODE = Set.of("kill node", "kill leader", "pause node", "pause leader");
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** A fault that is just over may still have its effects. */
    private static final long AFTERMATH = 5 * SECOND;

    @Override
    public String sentence() {
        return "what a lost node held is taken back in time";
    }

    /** How long it took, and how long it may. */
    record Reclaim(Span span, long tookNanos, long boundNanos) {}

    @Override
    public List<Violation> violations(Accounts accounts) {
        return reclaims(accounts).stream()
                .filter(reclaim -> reclaim.tookNanos() > reclaim.boundNanos())
                .map(reclaim -> violation(
                        reclaim.span().fault() + " of " + reclaim.span().target() + ": taken back after "
                                + reclaim.tookNanos() / MILLI + " ms, " + reclaim.boundNanos() / MILLI
                                + " ms are allowed",
                        reclaim.span().from()))
                .toList();
    }

    static List<Reclaim> reclaims(Accounts accounts) {
        List<Reclaim> found = new ArrayList<>();
        Event run = accounts.run();
        long plain = (run.number("ttlMillis") + run.number("slackMillis")) * MILLI + SECOND;
        for (Span span : accounts.faults()) {
            String incarnation = span.begin().text("incarnation");
            if (!LOST_NODE.contains(span.fault()) || incarnation.isEmpty()) {
                continue;
            }
            long bound = plain + late(accounts, span.from(), span.from() + plain);
            boolean paused = span.fault().startsWith("pause");
            boolean sharesFile = run.text("sharedFile").equals("true");
            boolean tooShort = paused && (sharesFile || span.to() - span.from() < bound);
            boolean alone = accounts.faults().stream()
                    .noneMatch(other ->
                            !other.equals(span) && other.touches(span.from() - AFTERMATH, span.from() + bound));
            long until = span.from() + bound;
            boolean lostNothing = !accounts.jobDoubts().within(span.from(), until)
                    && !accounts.coordinatorDoubts().within(span.from(), until);
            if (tooShort || !alone || !lostNothing || shaken(accounts, span.from() - AFTERMATH, until)) {
                continue;
            }
            gone(accounts, incarnation, span.from())
                    .ifPresent(seen -> found.add(new Reclaim(span, seen.nanos() - span.from(), bound)));
        }
        return found;
    }

    /** Nobody disturbed the driver: if it could not keep its own session, machine or servers stood still. */
    private static boolean shaken(Accounts accounts, long from, long to) {
        return accounts.history().of(Kind.SHAKEN).stream().anyMatch(seen -> seen.nanos() >= from && seen.nanos() <= to);
    }

    private static Optional<Event> gone(Accounts accounts, String incarnation, long since) {
        return accounts.history().of(Kind.INCARNATION).stream()
                .filter(seen ->
                        seen.nanos() >= since && seen.text("incarnation").equals(incarnation))
                .filter(seen -> seen.number("held") == 0
                        && (seen.text("status").equals("BURIED")
                                || seen.text("status").equals("GONE")))
                .findFirst();
    }

    private static long late(Accounts accounts, long from, long to) {
        return accounts.history().of(Kind.LAG).stream()
                .filter(lag -> lag.nanos() >= from && lag.nanos() - lag.number("millis") * MILLI <= to)
                .mapToLong(lag -> lag.number("millis") * MILLI)
                .sum();
    }
}
