package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A history put in order: who pushed what, which handlers ran, what was settled, and what lies in the store at the end. */
public final class Accounts {
    private static final long MILLI = 1_000_000;
    private static final String COORDINATOR = "coordinator";

    private final History history;
    private final long lastNanos;
    private final Map<String, Plan> plans = new LinkedHashMap<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, List<Run>> runsOfJob;
    private final Map<String, List<Run>> runsOfPlan;
    private final Map<String, List<Event>> settlements;
    private final Map<String, Event> finals = new LinkedHashMap<>();
    private final List<Span> spans = new ArrayList<>();
    private final Doubts coordinatorDoubts;
    private final Doubts jobDoubts;

    public Accounts(History history) {
        this.history = history;
        this.lastNanos = history.events().isEmpty()
                ? 0
                : history.events().get(history.events().size() - 1).nanos();
        history.of(Kind.PUSHING).forEach(event -> plans.computeIfAbsent(event.text("plan"), unknown -> Plan.of(event))
                .pushing()
                .add(event));
        for (Event event : history.of(Kind.PUSHED)) {
            Plan plan = plans.get(event.text("plan"));
            if (plan != null) {
                plan.pushed().add(event);
            }
        }
        pairRuns();
        pairFaults();
        runsOfJob = runs.stream().collect(Collectors.groupingBy(Run::job, LinkedHashMap::new, Collectors.toList()));
        runsOfPlan = runs.stream().collect(Collectors.groupingBy(Run::plan));
        settlements = history.of(Kind.SETTLED).stream().collect(Collectors.groupingBy(event -> event.text("job")));
        history.of(Kind.FINAL).forEach(event -> finals.put(event.text("job"), event));
        coordinatorDoubts = Doubts.of(this, COORDINATOR);
        jobDoubts = keepsJobs().equals(COORDINATOR) ? coordinatorDoubts : Doubts.of(this, keepsJobs());
    }

    private String keepsJobs() {
        return history.of(Kind.RUN).stream()
                .map(run -> run.text("jobs"))
                .findFirst()
                .orElse(COORDINATOR);
    }

    private void pairRuns() {
        Map<String, Event> ends = new HashMap<>();
        history.of(Kind.ENDED).forEach(event -> ends.put(key(event), event));
        history.of(Kind.BEGAN).forEach(begin -> runs.add(new Run(begin, Optional.ofNullable(ends.get(key(begin))))));
    }

    private void pairFaults() {
        Map<String, Event> healed = history.of(Kind.HEALED).stream()
                .collect(Collectors.toMap(event -> event.text("id"), Function.identity()));
        for (Event fault : history.of(Kind.FAULT)) {
            Event end = healed.get(fault.text("id"));
            spans.add(new Span(
                    fault,
                    fault.nanos(),
                    end == null ? lastNanos : end.nanos(),
                    fault.text("fault"),
                    fault.text("target")));
        }
    }

    private static String key(Event event) {
        return event.text("job") + "#" + event.text("fence") + "@" + event.process();
    }

    public History history() {
        return history;
    }

    /** The line that speaks of the run itself. */
    public Event run() {
        return history.of(Kind.RUN).stream()
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("The history does not say what was run; is this its folder?"));
    }

    long lastNanos() {
        return lastNanos;
    }

    /** When the servers that keep the jobs may have lost what they acknowledged. */
    Doubts jobDoubts() {
        return jobDoubts;
    }

    /** When the coordinator may have lost what it acknowledged. */
    Doubts coordinatorDoubts() {
        return coordinatorDoubts;
    }

    Iterable<Plan> plans() {
        return plans.values();
    }

    Optional<Plan> plan(String name) {
        return Optional.ofNullable(plans.get(name));
    }

    List<Run> runs() {
        return runs;
    }

    Map<String, List<Run>> runsByJob() {
        return runsOfJob;
    }

    List<Run> runsOfJob(String job) {
        return runsOfJob.getOrDefault(job, List.of());
    }

    List<Run> runsOfPlan(String plan) {
        return runsOfPlan.getOrDefault(plan, List.of());
    }

    /** What the store accepted for a job, as nodes say; one that died may have said nothing. */
    List<Event> settlementsOf(String job) {
        return settlements.getOrDefault(job, List.of());
    }

    Map<String, List<Event>> settlements() {
        return settlements;
    }

    /** The job as it lies in the store at the end. */
    Optional<Event> finalOf(String job) {
        return Optional.ofNullable(finals.get(job));
    }

    /**
     * How a job lies at the end, as the store says. Some stores forget completed jobs soon, and in a soak they are told to: of a job that they have
     * forgotten by the end, what its node was told counts, or how its handler ended, if the node died before it could tell.
     */
    String stateOf(String job) {
        Optional<Event> end = finalOf(job);
        if (end.isPresent()) {
            return end.get().text("state");
        }
        long remembers = run().number("remembersMillis") * MILLI;
        if (remembers > 0) {
            long since = lastNanos - remembers;
            if (endedBefore(since, job, "completed", run -> run.ended(Run.DONE))) {
                return "COMPLETED";
            }
            if (endedBefore(since, job, "failed", Run::threwForTheLastTime)) {
                return "FAILED";
            }
        }
        return "UNKNOWN TO THE STORE";
    }

    private boolean endedBefore(long nanos, String job, String told, Predicate<Run> ended) {
        Stream<Event> settled =
                settlementsOf(job).stream().filter(event -> event.text("how").equals(told));
        Stream<Event> ends = runsOfJob(job).stream().filter(ended).flatMap(run -> run.end().stream());
        return Stream.concat(settled, ends).anyMatch(event -> event.nanos() < nanos);
    }

    public List<Span> faults() {
        return spans;
    }

    /**
     * The run whose settlement the store accepted: the one that a node says so of, else the only one that ended well if the job is
     * completed at the end.
     */
    Optional<Run> accepted(String job) {
        List<Event> told = settlementsOf(job);
        if (!told.isEmpty()) {
            long fence = told.get(0).number("fence");
            return runsOfJob(job).stream().filter(run -> run.fence() == fence).findFirst();
        }
        List<Run> done =
                runsOfJob(job).stream().filter(run -> run.ended(Run.DONE)).toList();
        boolean completed = stateOf(job).equals("COMPLETED");
        return completed && done.size() == 1 ? Optional.of(done.get(0)) : Optional.empty();
    }
}
