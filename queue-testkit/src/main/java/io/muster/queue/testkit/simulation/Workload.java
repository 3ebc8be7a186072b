package io.muster.queue.testkit.simulation;

import io.muster.queue.BatchBuilder;
import io.muster.queue.Dispatch;
import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.QueueException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.testkit.simulation.Simulation.Home;
import io.muster.queue.testkit.simulation.Work.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Who dispatches jobs of all kinds, and knows what has to become of each. */
final class Workload {
    private static final List<String> KEYS = List.of("k0", "k1");
    private static final String TICK = "tick";
    private static final int POISON_CRASHES = 2;
    /** A node that is killed by an attempt that was taken from it before counts nothing. */
    private static final int MOST_POISON_RUNS = 10;

    private final Queue client;
    private final JobStore truth;
    private final Home home;
    private final Random random;
    private final History history;
    private final List<Push> uncertain = new ArrayList<>();
    private final Map<String, End> acknowledged = new HashMap<>();
    private final List<Chain> chains = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private final Map<String, Set<String>> jobsOf = new HashMap<>();
    /** Jobs that were seen completed; their ids are not remembered for ever. */
    private final Set<String> completed = new HashSet<>();

    private int number;
    private int poisonRuns;
    private boolean poisoned;

    /** A push that may have to be repeated. */
    private record Push(Work work, Dispatch dispatch) {}

    /** The links of a chain that was accepted. */
    private record Chain(String name, List<End> links) {
        int failing() {
            int failing = links.indexOf(End.FAILED);
            return failing < 0 ? links.size() : failing;
        }
    }

    /** A batch that was accepted, with the ids of its members. */
    private record Batch(String name, String id, Map<String, End> members) {}

    Workload(Queue client, JobStore truth, Home home, Random random, History history) {
        this.client = client;
        this.truth = truth;
        this.home = home;
        this.random = random;
        this.history = history;
    }

    /** A job for each minute. */
    void schedule() {
        try {
            client.schedule(TICK).job(new Work(TICK, 1, End.WELL)).everyMinute().register();
        } catch (QueueException e) {
            history.note("the schedule was not registered: " + e.getMessage());
        }
    }

    void push() {
        List<Push> again = List.copyOf(uncertain);
        uncertain.clear();
        again.forEach(this::push);
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            dispatch();
        }
    }

    private void dispatch() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> push(job(End.WELL));
            case 3 -> push(with(job(End.WELL), dispatch -> dispatch.delay(Duration.ofMillis(random.nextInt(12_000)))));
            case 4, 5 -> push(with(job(anyEnd()), this::unique));
            case 6, 7 ->
                push(with(
                        job(anyEnd()),
                        dispatch -> dispatch.withoutOverlapping(OverlapKey.of(KEYS.get(random.nextInt(KEYS.size()))))));
            case 8 -> push(job(anyEnd()));
            case 9 -> chain();
            case 10 -> batch();
            default -> poison();
        }
    }

    private Push job(End end) {
        Work work = new Work("job-" + number++, random.nextInt(120), end);
        Dispatch dispatch = client.job(work).id(work.name()).tries(end == End.RELEASED ? Work.TRIES : 1);
        return new Push(work, dispatch);
    }

    private static Push with(Push push, UnaryOperator<Dispatch> change) {
        return new Push(push.work(), change.apply(push.dispatch()));
    }

    private Dispatch unique(Dispatch dispatch) {
        UniqueKey.Until until = random.nextInt(4) == 0 ? UniqueKey.Until.PROCESSING : UniqueKey.Until.SETTLED;
        return dispatch.unique(new UniqueKey(KEYS.get(random.nextInt(KEYS.size())), Optional.empty(), until));
    }

    private End anyEnd() {
        return List.of(End.WELL, End.RELEASED, End.FAILED).get(random.nextInt(3));
    }

    /** One whose handler kills its process each time; it has to give up after a while. */
    private void poison() {
        if (!poisoned && random.nextInt(3) == 0) {
            poisoned = true;
            push(with(job(End.POISON), dispatch -> dispatch.options(said -> said.withMaxCrashes(POISON_CRASHES))));
        }
    }

    /** Repeats it later under the same id if nobody can say whether it was pushed. */
    private void push(Push push) {
        String id = push.work().name();
        try {
            Dispatched dispatched = push.dispatch().dispatch();
            if (dispatched.holder().isEmpty()) {
                acknowledged.put(id, push.work().end());
            }
        } catch (QueueException e) {
            history.note("it is unknown whether " + id + " was pushed: " + e.getMessage());
            uncertain.add(push);
        }
    }

    private void chain() {
        String name = "chain-" + number++;
        int failing = random.nextInt(6);
        List<End> ends = IntStream.range(0, 3)
                .mapToObj(i -> i == failing ? End.FAILED : random.nextInt(4) == 0 ? End.RELEASED : End.WELL)
                .toList();
        Object[] links = IntStream.range(0, ends.size())
                .mapToObj(i -> work(name + "/" + i, ends.get(i)))
                .toArray();
        try {
            client.chain(links).catching(work(name + "/catch", End.WELL)).dispatch();
            chains.add(new Chain(name, ends));
        } catch (QueueException e) {
            history.note("it is unknown whether " + name + " was pushed: " + e.getMessage());
        }
    }

    private Dispatch work(String name, End end) {
        return client.job(new Work(name, random.nextInt(60), end)).tries(end == End.RELEASED ? Work.TRIES : 1);
    }

    private void batch() {
        if (!truth.capabilities().keepsBatches()) {
            return;
        }
        String name = "batch-" + number++;
        Map<String, End> members = new HashMap<>();
        BatchBuilder builder = client.batch(name);
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            End end = random.nextInt(6) == 0 ? End.FAILED : random.nextInt(4) == 0 ? End.RELEASED : End.WELL;
            String id = name + "-" + i;
            members.put(id, end);
            builder = builder.add(work(id, end).id(id));
        }
        builder = builder.progress(work(name + "/progress", End.WELL))
                .then(work(name + "/then", End.WELL))
                .catching(work(name + "/catch", End.WELL))
                .onFinally(work(name + "/finally", End.WELL));
        try {
            batches.add(new Batch(name, builder.dispatch().id(), members));
        } catch (QueueException e) {
            history.note("it is unknown whether " + name + " was created: " + e.getMessage());
        }
    }

    /** A handler begins. */
    void started(String node, Work work, String jobId) {
        history.started(node, jobId, work.name());
        Set<String> jobs = jobsOf.computeIfAbsent(work.name(), first -> new HashSet<>());
        jobs.add(jobId);
        if (work.name().equals(TICK)) {
            if (home == Home.SEPARATE && !history.knowsTick(jobId)) {
                history.violated("The tick " + jobId + " runs, and nobody fired it");
            }
        } else if (jobs.size() > 1 && !work.name().endsWith("/progress")) {
            history.violated(work.name() + " runs as several jobs: " + jobs);
        }
        if (work.end() == End.POISON && ++poisonRuns > MOST_POISON_RUNS) {
            history.violated(jobId + " has killed its process " + poisonRuns + " times, and runs on");
        }
    }

    /** What must hold at any moment. */
    void check() {
        for (String id : acknowledged.keySet()) {
            if (!history.hasEnded(id) && state(id).isEmpty()) {
                history.violated(id + " was acknowledged and is lost");
            }
        }
        batches.forEach(this::checkCounts);
    }

    private void checkCounts(Batch batch) {
        StoredBatch stored = truth.batches().find(batch.id()).orElse(null);
        if (stored == null) {
            history.violated(batch.name() + " was created and is lost");
            return;
        }
        List<JobState> states = batch.members().keySet().stream()
                .flatMap(id -> state(id).stream())
                .toList();
        int well = Collections.frequency(states, JobState.COMPLETED);
        int failed = Collections.frequency(states, JobState.FAILED);
        int total = batch.members().size();
        if (stored.succeeded() != well
                || stored.failed() != failed
                || stored.total() != total
                || stored.finished() != (well + failed == total)) {
            history.violated(stored + " has " + well + " completed and " + failed + " failed jobs of " + total);
        }
    }

    private Optional<JobState> state(String id) {
        if (completed.contains(id)) {
            return Optional.of(JobState.COMPLETED);
        }
        Optional<JobState> state = truth.intake().find(id).map(StoredJob::state);
        state.filter(JobState.COMPLETED::equals).ifPresent(found -> completed.add(id));
        return state.isEmpty() && history.hasCompleted(id) ? Optional.of(JobState.COMPLETED) : state;
    }

    /** What follows may still lie in the outbox when nothing lives. */
    boolean allEnded() {
        return truth.intake().counts().stream().mapToLong(QueueCounts::live).sum() == 0
                && expectedRuns().entrySet().stream().allMatch(each -> jobs(each.getKey()) >= each.getValue());
    }

    String unfinished() {
        List<String> missing = expectedRuns().entrySet().stream()
                .filter(each -> jobs(each.getKey()) < each.getValue())
                .map(Map.Entry::getKey)
                .toList();
        return truth.intake().counts() + " " + truth.leader().incarnations() + ", has not run: " + missing;
    }

    /** What must hold once all has come to its end. */
    void checkEnd() {
        acknowledged.forEach((id, end) -> {
            JobState expected = end == End.WELL || end == End.RELEASED ? JobState.COMPLETED : JobState.FAILED;
            Optional<JobState> found = state(id);
            if (found.filter(expected::equals).isEmpty()) {
                String why = truth.intake()
                        .find(id)
                        .flatMap(StoredJob::reason)
                        .map(reason -> ", because " + reason)
                        .orElse("");
                history.violated(id + " should be " + expected + " and is "
                        + found.map(JobState::name).orElse("unknown") + why);
            }
        });
        expectedRuns().forEach((name, expected) -> {
            if (jobs(name) != expected) {
                history.violated(name + " should have run as " + expected + " jobs, and did as " + jobs(name));
            }
        });
    }

    /** As how many jobs each part of the accepted chains and batches has to run. */
    private Map<String, Integer> expectedRuns() {
        Map<String, Integer> expected = new HashMap<>();
        for (Chain chain : chains) {
            for (int i = 0; i < chain.links().size(); i++) {
                expected.put(chain.name() + "/" + i, i <= chain.failing() ? 1 : 0);
            }
            expected.put(
                    chain.name() + "/catch", chain.failing() < chain.links().size() ? 1 : 0);
        }
        for (Batch batch : batches) {
            int failures = (int)
                    batch.members().values().stream().filter(End.FAILED::equals).count();
            batch.members().keySet().forEach(member -> expected.put(member, 1));
            expected.put(batch.name() + "/progress", batch.members().size() - failures);
            expected.put(batch.name() + "/then", failures == 0 ? 1 : 0);
            expected.put(batch.name() + "/catch", failures > 0 ? 1 : 0);
            expected.put(batch.name() + "/finally", 1);
        }
        return expected;
    }

    private int jobs(String name) {
        return jobsOf.getOrDefault(name, Set.of()).size();
    }
}
