package io.muster.queue.testkit.operation;

import io.muster.queue.BatchBuilder;
import io.muster.queue.Dispatch;
import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.store.JobState;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.testkit.operation.JobModel.ModelBatch;
import io.muster.queue.testkit.operation.JobModel.ModelJob;
import io.muster.queue.testkit.operation.Task.Plan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Dispatches, unique jobs, overlap keys, chains, batches, delays, releases, failures, retries, cancellations, pauses, clears and the deaths of nodes,
 * in an order drawn from a seed. After each, all that can run runs, and the sizes of all queues, the batches and what ran equal a {@link JobModel}.
 */
public final class RandomOperations {
    private static final int STEPS = 25;
    private static final int MOST_HELD = OperatedCluster.NODES - 1;
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final List<String> KEYS = List.of("k0", "k1");

    private final OperatedCluster cluster;
    private final Queue queue;
    private final Random random;
    private final String replay;
    private final JobModel model = new JobModel();
    private final List<String> done = new ArrayList<>();
    private int names;
    private int drawnToWait;
    private boolean disturbed;

    private RandomOperations(long seed, OperatedCluster cluster, String replay) {
        this.cluster = cluster;
        this.queue = cluster.client();
        this.random = new Random(seed);
        this.replay = replay;
    }

    /**
     * Runs the seed on a cluster that nobody has used, and closes it.
     *
     * @param replay the command that runs this seed again
     * @throws AssertionError cluster and model differ; it says after which operations, and how to see it again
     */
    public static void run(long seed, OperatedCluster cluster, String replay) {
        try (cluster) {
            new RandomOperations(seed, cluster, replay).run();
        }
    }

    private void run() {
        for (int step = 0; step < STEPS; step++) {
            boolean free = nothingDependsOnOrder();
            operate();
            if (random.nextInt(4) == 0 && free && nothingDependsOnOrder()) {
                done.add(cluster.disturb(random));
                disturbed = true;
            }
            agree();
        }
        for (String name : OperatedCluster.QUEUES) {
            resume(name);
        }
        model.in(JobState.RUNNING).toList().forEach(this::letEnd);
        agree();
        for (String name : OperatedCluster.QUEUES) {
            clear(name);
        }
        agree();
        checkRuns();
    }

    /** Who gets an overlap key first after a crash is nobody's promise, and what crashed on a paused queue is not begun again. */
    private boolean nothingDependsOnOrder() {
        model.work(cluster.now());
        return !model.someWaitForKeys()
                && model.in(JobState.RUNNING).noneMatch(job -> job.overlap != null || model.isPaused(job.queue));
    }

    private void operate() {
        drawnToWait = 0;
        switch (random.nextInt(17)) {
            case 0, 1, 2 -> dispatchSome();
            case 3, 4 -> dispatchUnique();
            case 5, 6 -> chain();
            case 7, 8 -> batch();
            case 9 -> model.in(JobState.RUNNING).findFirst().ifPresent(this::letEnd);
            case 10 -> cancel();
            case 11 -> retry();
            case 16 -> retryBatch();
            case 12 -> model.in(JobState.FAILED).findAny().ifPresent(this::forget);
            case 13 -> clear(anyQueue());
            case 14 -> passTime();
            default -> pauseOrResume(anyQueue());
        }
    }

    private void dispatchSome() {
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            ModelJob job = job(anyQueue(), anyPlan(false));
            boolean simple = job.task.plan() == Plan.COMPLETES || job.task.plan() == Plan.WAITS;
            if (simple && random.nextInt(3) == 0) {
                job.overlap = job.queue + "-overlap";
            }
            delay(job);
            dispatch(job);
        }
    }

    private void dispatchUnique() {
        ModelJob job = job(anyQueue(), anyPlan(false));
        job.unique = KEYS.get(random.nextInt(KEYS.size()));
        job.untilProcessing = random.nextInt(3) == 0;
        delay(job);
        dispatch(job);
    }

    private void delay(ModelJob job) {
        switch (random.nextInt(6)) {
            case 0 -> job.due = cluster.now().plus(cluster.patienceWithDelays());
            case 1 -> job.due = cluster.now().plusMillis(50 + random.nextInt(200));
            default -> {}
        }
    }

    private void dispatch(ModelJob job) {
        if (job.unique
                != null) { // Whether a job that becomes due at this very moment has its key still is nobody's promise.
            cluster.await(() -> model.nothingBecomesDue(cluster.now(), SOON));
            agree();
        }
        model.work(cluster.now());
        String holder = job.unique == null
                ? ""
                : model.holder(job.unique)
                        .map(other -> String.valueOf(other.id))
                        .orElse("");
        Dispatched dispatched = dispatch(job, queue).dispatch();
        done.add("dispatch " + job + (holder.isEmpty() ? "" : ", a duplicate"));
        if (!dispatched.holder().orElse("").equals(holder)) {
            throw failed("The key " + job.unique + " of " + job.task.name() + " should be held by \"" + holder
                    + "\", and is by \"" + dispatched.holder().orElse("") + "\"");
        }
        job.id = dispatched.jobId();
        model.push(job);
    }

    private static Dispatch dispatch(ModelJob job, Queue queue) {
        Dispatch dispatch = queue.job(job.task).onQueue(job.queue);
        dispatch = job.due == null ? dispatch : dispatch.delay(job.due());
        dispatch = job.overlap == null ? dispatch : dispatch.withoutOverlapping(OverlapKey.of(job.overlap));
        if (job.unique == null) {
            return dispatch;
        }
        return dispatch.unique(new UniqueKey(
                job.unique,
                Optional.empty(),
                job.untilProcessing ? UniqueKey.Until.PROCESSING : UniqueKey.Until.SETTLED));
    }

    private void chain() {
        int length = 2 + random.nextInt(3);
        int failing = random.nextInt(2 * length);
        List<ModelJob> links = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            links.add(job(anyQueue(), i == failing ? anyFailure() : anyPlan(true)));
        }
        ModelJob first = links.get(0);
        first.links.addAll(links.subList(1, length));
        var chain =
                queue.chain(links.stream().map(link -> dispatch(link, queue)).toArray());
        if (random.nextBoolean()) {
            ModelJob caught = job(OperatedCluster.CALLBACKS, Plan.COMPLETES);
            first.caught = caught;
            chain = chain.catching(dispatch(caught, queue));
        }
        first.id = chain.dispatch().jobId();
        done.add("chain " + first + (first.caught == null ? "" : ", caught by " + first.caught));
        model.push(first);
    }

    private void batch() {
        if (!queue.store().capabilities().keepsBatches()) {
            return;
        }
        ModelBatch batch = new ModelBatch("batch" + names++, anyQueue(), random.nextBoolean());
        BatchBuilder builder = queue.batch(batch.name).onQueue(batch.queue);
        builder = batch.allowsFailures ? builder.allowFailures() : builder;
        boolean failing = random.nextInt(3) == 0;
        int members = random.nextInt(5);
        for (int i = 0; i < members; i++) {
            ModelJob member = member(batch, failing && i == 0);
            batch.members.add(member);
            if (random.nextInt(4) == 0 && member.task.plan() != Plan.ADDS) {
                member.links.add(job(batch.queue, Plan.COMPLETES));
                builder = builder.addChain(member.task, member.links.get(0).task);
            } else {
                builder = builder.add(member.task);
            }
        }
        for (String event : List.of("before", "progress", "then", "catch", "finally")) {
            builder = callback(builder, batch, event);
        }
        batch.id = builder.dispatch().id();
        done.add(batch.name + " on " + batch.queue + (batch.allowsFailures ? ", allows failures: " : ": ")
                + batch.members);
        model.push(batch);
    }

    /** In a batch that a failure cancels, whether a deletion counts as an end or as skipped would depend on which comes first. */
    private ModelJob member(ModelBatch batch, boolean fails) {
        Plan plan = fails ? anyFailure() : anyPlan(true);
        plan = plan == Plan.DELETES && !batch.allowsFailures ? Plan.COMPLETES : plan;
        return job(batch.queue, plan == Plan.COMPLETES && random.nextInt(4) == 0 ? Plan.ADDS : plan);
    }

    private BatchBuilder callback(BatchBuilder builder, ModelBatch batch, String event) {
        Dispatch job =
                queue.job(new Task(batch.name + "/" + event, Plan.COMPLETES)).onQueue(OperatedCluster.CALLBACKS);
        return switch (event) {
            case "before" -> builder.before(job);
            case "progress" -> builder.progress(job);
            case "then" -> builder.then(job);
            case "catch" -> builder.catching(job);
            default -> builder.onFinally(job);
        };
    }

    private void letEnd(ModelJob job) {
        done.add("let " + job.task.name() + " end");
        model.letEnd(job.task.name());
        cluster.runs().letEnd(job.task.name());
    }

    private void cancel() {
        List<ModelBatch> open =
                model.batches().stream().filter(batch -> !batch.finished).toList();
        if (!open.isEmpty()) {
            ModelBatch batch = open.get(random.nextInt(open.size()));
            done.add("cancel " + batch.name);
            if (queue.batches().cancel(String.valueOf(batch.id)).isEmpty()) {
                throw failed(batch.name + " is not known");
            }
            model.cancel(batch);
        }
    }

    private void retry() {
        List<ModelJob> failures = model.in(JobState.FAILED)
                .filter(job -> job.caught == null || cluster.remembersIds())
                .toList();
        if (failures.isEmpty()) {
            return;
        }
        ModelJob job = failures.get(random.nextInt(failures.size()));
        done.add("retry " + job);
        cluster.runs().heal(job.task.name());
        RetryOutcome outcome = queue.failed().retry(List.of(id(job))).get(0);
        if (model.retry(job) != outcome instanceof RetryOutcome.Retried) {
            throw failed("Retrying " + job + " came to " + outcome);
        }
    }

    private void retryBatch() {
        if (model.batches().isEmpty()) {
            return;
        }
        ModelBatch batch = model.batches().get(random.nextInt(model.batches().size()));
        List<ModelJob> failures =
                model.in(JobState.FAILED).filter(job -> job.batch == batch).toList();
        done.add("retry " + batch.name);
        failures.forEach(job -> cluster.runs().heal(job.task.name()));
        int retried = queue.batches().retry(String.valueOf(batch.id));
        failures.forEach(model::retry);
        if (retried != failures.size()) {
            throw failed(failures + " should be retried, and " + retried + " were");
        }
    }

    private void forget(ModelJob job) {
        done.add("forget " + job);
        if (!queue.failed().forget(List.of(id(job))).contains(id(job))) {
            throw failed("Nothing was forgotten");
        }
        model.forget(job);
    }

    private String id(ModelJob job) {
        return cluster.runs().jobs(job.task.name()).stream()
                .findFirst()
                .orElseThrow(() -> failed(job + " failed without having run"));
    }

    /** Whether a job that becomes ready at this very moment would still be paused or cleared is nobody's promise. */
    private void letThingsSettle() {
        if (disturbed && !cluster.recovered()) {
            throw failed("A node that was lost is still there");
        }
        disturbed = false;
        cluster.await(() -> model.nothingBecomesDue(cluster.now(), SOON));
        agree();
    }

    private void clear(String name) {
        letThingsSettle();
        done.add("clear " + name);
        long removed = queue.clear(name);
        model.clear(name);
        done.add("  removed " + removed);
    }

    private void passTime() {
        done.add("time passes");
        cluster.letPass(cluster.patienceWithDelays());
    }

    private void pauseOrResume(String name) {
        if (model.isPaused(name)) {
            resume(name);
        } else {
            letThingsSettle();
            done.add("pause " + name);
            queue.pause(name);
            model.pause(name);
        }
    }

    private void resume(String name) {
        done.add("resume " + name);
        queue.resume(name);
        model.resume(name);
    }

    private ModelJob job(String on, Plan plan) {
        return new ModelJob(new Task("task" + names++, plan), on);
    }

    private String anyQueue() {
        return OperatedCluster.QUEUES.get(random.nextInt(OperatedCluster.QUEUES.size()));
    }

    private Plan anyFailure() {
        return List.of(Plan.THROWS, Plan.FAILS, Plan.FAILS_UNTIL_RETRIED).get(random.nextInt(3));
    }

    private Plan anyPlan(boolean endsWell) {
        return switch (random.nextInt(endsWell ? 6 : 8)) {
            case 0, 1 -> Plan.COMPLETES;
            case 2 -> Plan.RELEASES;
            case 3 -> Plan.RECOVERS;
            case 4 -> Plan.DELETES;
            case 5 -> waitsIfFewDo();
            default -> anyFailure();
        };
    }

    /**
     * A node runs one job at a time of those that crashed before, so no more than one for each node may hold its place for as long as it
     * likes: jobs of the model, and those of the chain or batch that is being drawn.
     */
    private Plan waitsIfFewDo() {
        if (model.held() + drawnToWait >= MOST_HELD) {
            return Plan.COMPLETES;
        }
        drawnToWait++;
        return Plan.WAITS;
    }

    private void agree() {
        boolean agreed = cluster.await(() -> {
            model.work(cluster.now());
            return expected().equals(found());
        });
        if (!agreed) {
            throw failed("Expected\n  " + lines(expected()) + "\nbut found\n  " + lines(found()) + "\nof these\n  "
                    + String.join("\n  ", notCompleted()));
        }
    }

    private Map<String, String> expected() {
        Map<String, String> expected = model.sizes();
        model.batches().forEach(batch -> expected.put(batch.name, batch.toString()));
        return expected;
    }

    private Map<String, String> found() {
        Map<String, String> found = new TreeMap<>();
        model.sizes().keySet().forEach(name -> found.put(name, JobModel.text(queue.size(name))));
        model.batches()
                .forEach(batch -> found.put(
                        batch.name,
                        queue.store()
                                .batches()
                                .find(String.valueOf(batch.id))
                                .map(RandomOperations::told)
                                .orElse("unknown")));
        return found;
    }

    private List<String> notCompleted() {
        List<String> told = new ArrayList<>();
        for (String name : model.sizes().keySet()) {
            for (JobState state : List.of(JobState.READY, JobState.ASSIGNED, JobState.RUNNING, JobState.FAILED)) {
                for (StoredJob job : queue.store()
                        .intake()
                        .list(name, state, Optional.empty(), 10)
                        .jobs()) {
                    told.add(job + " " + new String(job.payload(), StandardCharsets.UTF_8)
                            + job.reason().map(reason -> " " + reason).orElse(""));
                }
            }
        }
        return told;
    }

    private static String told(StoredBatch batch) {
        return ModelBatch.text(
                batch.succeeded(), batch.failed(), batch.skipped(), batch.total(), batch.cancelled(), batch.finished());
    }

    private void checkRuns() {
        Map<String, Integer> ran = new TreeMap<>();
        cluster.runs()
                .names()
                .forEach(name -> ran.put(name, cluster.runs().jobs(name).size()));
        if (!ran.equals(model.expectedRuns())) {
            throw failed("So many jobs should have run under each name:\n  " + model.expectedRuns()
                    + "\nbut there ran\n  " + ran);
        }
    }

    private static String lines(Map<String, String> told) {
        return String.join(
                "\n  ",
                told.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .toList());
    }

    private AssertionError failed(String what) {
        return new AssertionError(what + "\nafter\n  " + String.join("\n  ", done) + "\nAgain: " + replay);
    }
}
