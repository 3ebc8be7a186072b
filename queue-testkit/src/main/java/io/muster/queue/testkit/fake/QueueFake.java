package io.muster.queue.testkit.fake;

import io.muster.cluster.local.LocalConfig;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.closure.Closure;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobName;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Stands in for the queue that code pushes to: what is pushed is kept and never run, and a test says what it expects of it.
 *
 * <pre>{@code
 * try (QueueFake fake = QueueFake.of(ShipOrder.class, RecordShipment.class)) {
 *     new OrderService(fake.queue()).ship(7);
 *
 *     fake.assertPushedOn("media", ShipOrder.class);
 *     fake.assertPushed(ShipOrder.class, job -> job.orderId() == 7);
 *     fake.assertNotPushed(RecordShipment.class);
 *     fake.assertChained(new ShipOrder(7), UpdateInventory.class);
 *     fake.assertBatched("letters", batch -> batch.jobs().size() == 10);
 * }
 * }</pre>
 *
 * <p>{@link #queue} is a real one that only pushes: it has no node, no server and no clock to wait for, jobs are written as they would be, so that
 * one that cannot be is found; unique keys hold, ids, delays and options are as in production, and {@code size}, {@code find} and
 * {@code clear} work. With {@link #only} and {@link #except} the jobs that are not faked run at once in their caller, as with the driver
 * {@code sync}. {@code dispatchSync} and {@code dispatchAfterResponse} are no pushes and run always.
 *
 * <p>A chain is one pushed job, with the others behind it. The jobs of a batch are pushed, each of them. Links, and callbacks of either, are not: what they
 * follow on never runs. A batch is faked as a whole, whatever {@link #only} and {@link #except} say of its jobs; a chain really runs
 * up to its first faked job.
 *
 * <p>A failed expectation is an {@link AssertionError} that lists what was pushed instead. Thread-safe. T1, T2
 */
public final class QueueFake implements AutoCloseable {
    private static final MemoryOptions ROOM = new MemoryOptions(1_000_000);

    private final Queue queue;
    private final PushRecords records = new PushRecords();
    private volatile Predicate<Class<?>> runsReally = jobClass -> false;

    private QueueFake(QueueBuilder application) {
        this.queue = application
                .cluster(LocalConfig.named("queue-fake-" + UUID.randomUUID()))
                .store(cluster -> new RecordingStore(
                        MemoryStore.open(ROOM, cluster.options().timeline()), records))
                .pipe(outgoing -> {
                    records.leaves(outgoing);
                    return Optional.of(outgoing);
                })
                .runInCaller(jobClass -> runsReally.test(jobClass))
                .connect();
    }

    /**
     * Fakes all jobs of an application, which gives the builder that it would start: types, handlers, pipes and settings stay, its coordinator,
     * store and pools are left aside. The builder is changed and not to be used for anything else.
     */
    public static QueueFake of(QueueBuilder application) {
        return new QueueFake(application);
    }

    /** Fakes jobs of these classes, for code that pushes no others; one without a {@link JobName} is named as its class. */
    public static QueueFake of(Class<?>... jobs) {
        QueueBuilder builder = Queue.named("queue-fake");
        for (Class<?> job : jobs) {
            register(builder, job);
        }
        return new QueueFake(builder);
    }

    private static void register(QueueBuilder builder, Class<?> job) {
        JobName named = job.getAnnotation(JobName.class);
        String name = named == null ? job.getSimpleName() : named.value();
        if (Job.class.isAssignableFrom(job)) {
            builder.job(name, job.asSubclass(Job.class));
        } else {
            builder.type(name, job);
        }
    }

    /** What the code under test pushes to. */
    public Queue queue() {
        return queue;
    }

    /** From now on only jobs of these classes are faked; all others really run. */
    public QueueFake only(Class<?>... jobs) {
        Set<Class<?>> faked = Set.of(jobs);
        runsReally = jobClass -> !faked.contains(jobClass);
        return this;
    }

    /** From now on jobs of these classes really run; all others are faked. */
    public QueueFake except(Class<?>... jobs) {
        runsReally = Set.of(jobs)::contains;
        return this;
    }

    /** All that was pushed, in order. */
    public List<PushedJob<Object>> pushed() {
        return records.pushed();
    }

    /** What was pushed of a class, or of classes below it, in order. */
    public <T> List<PushedJob<T>> pushed(Class<T> jobClass) {
        return pushed().stream().flatMap(job -> job.as(jobClass).stream()).toList();
    }

    /** All batches that were dispatched, in order, with what was added to them since. */
    public List<PushedBatch> batches() {
        return records.batches();
    }

    /** At least one job of the class was pushed. */
    public QueueFake assertPushed(Class<?> jobClass) {
        return assertPushed(jobClass, job -> true, "a " + jobClass.getSimpleName());
    }

    /** At least one job of the class was pushed for which {@code expected} holds. */
    public <T> QueueFake assertPushed(Class<T> jobClass, Predicate<? super T> expected) {
        return assertPushed(
                jobClass,
                job -> expected.test(job.job()),
                "a " + jobClass.getSimpleName() + " that fits the predicate");
    }

    /** An equal job was pushed: by its own word, or one of the same class with the same data. */
    public QueueFake assertPushed(Object job) {
        if (pushed().stream().noneMatch(each -> ExpectedJob.isEqual(job, each.job()))) {
            throw failed("Expected a job equal to " + job + " to be pushed, but it was not.");
        }
        return this;
    }

    /** Exactly so many jobs of the class were pushed. */
    public QueueFake assertPushed(Class<?> jobClass, int times) {
        int found = pushed(jobClass).size();
        if (found != times) {
            throw failed("Expected " + jobClass.getSimpleName() + " to be pushed " + Wording.times(times)
                    + ", but it was " + Wording.times(found) + ".");
        }
        return this;
    }

    /** At least one job of the class was pushed to the queue. */
    public QueueFake assertPushedOn(String name, Class<?> jobClass) {
        return assertPushed(
                jobClass,
                job -> job.queue().equals(name),
                "a " + jobClass.getSimpleName() + " on queue \"" + name + "\"");
    }

    /** At least one job of the class was pushed to the queue for which {@code expected} holds. */
    public <T> QueueFake assertPushedOn(String name, Class<T> jobClass, Predicate<? super T> expected) {
        return assertPushed(
                jobClass,
                job -> job.queue().equals(name) && expected.test(job.job()),
                "a " + jobClass.getSimpleName() + " on queue \"" + name + "\" that fits the predicate");
    }

    /** No job of the class was pushed. */
    public QueueFake assertNotPushed(Class<?> jobClass) {
        if (!pushed(jobClass).isEmpty()) {
            throw failed("Expected no " + jobClass.getSimpleName() + " to be pushed, but there was one.");
        }
        return this;
    }

    /** No job of the class was pushed for which {@code unexpected} holds. */
    public <T> QueueFake assertNotPushed(Class<T> jobClass, Predicate<? super T> unexpected) {
        if (pushed(jobClass).stream().anyMatch(each -> unexpected.test(each.job()))) {
            throw failed("Expected no " + jobClass.getSimpleName()
                    + " that fits the predicate to be pushed, but there was one.");
        }
        return this;
    }

    /** Nothing at all was pushed. */
    public QueueFake assertNothingPushed() {
        if (!pushed().isEmpty()) {
            throw failed("Expected nothing to be pushed, but something was.");
        }
        return this;
    }

    /** Exactly so many jobs were pushed, whatever they are. */
    public QueueFake assertCount(int jobs) {
        int found = pushed().size();
        if (found != jobs) {
            throw failed("Expected " + Wording.jobs(jobs) + " to be pushed, but there were " + found + ".");
        }
        return this;
    }

    /** At least one closure was pushed. */
    public QueueFake assertClosurePushed() {
        return assertPushed(Closure.class, job -> true, "a closure");
    }

    /** Exactly so many closures were pushed. */
    public QueueFake assertClosurePushed(int times) {
        int found = pushed(Closure.class).size();
        if (found != times) {
            throw failed("Expected closures to be pushed " + Wording.times(times) + ", but they were "
                    + Wording.times(found) + ".");
        }
        return this;
    }

    /** At least one closure was pushed that calls the code registered under this name. */
    public QueueFake assertClosurePushed(String name) {
        return assertPushed(Closure.class, job -> job.job().target().equals(name), "a closure of \"" + name + "\"");
    }

    /** No closure was pushed. */
    public QueueFake assertClosureNotPushed() {
        if (!pushed(Closure.class).isEmpty()) {
            throw failed("Expected no closure to be pushed, but there was one.");
        }
        return this;
    }

    /**
     * A chain of exactly these jobs was dispatched, in this order: of each its class, an equal job, or a {@link #chainedBatch}. A job pushed by itself is a
     * chain of one; what is chained within a batch belongs to {@link #assertBatched(String, List)}.
     *
     * @throws IllegalArgumentException there is none
     */
    public QueueFake assertChained(Object... jobs) {
        List<ExpectedJob> expected = ExpectedJob.all(jobs);
        if (expected.isEmpty()) {
            throw new IllegalArgumentException("A chain needs a job at least");
        }
        boolean found = pushed().stream()
                .anyMatch(each -> each.batchId().isEmpty() && ExpectedJob.fit(expected, chainOf(each)));
        if (!found) {
            throw failed("Expected a chain of " + ExpectedJob.worded(expected) + " to be dispatched, but it was not.");
        }
        return this;
    }

    /** A batch as a job of {@link #assertChained}: {@code fake.assertChained(ShipOrder.class, chainedBatch(batch -> batch.jobs().size() == 3))}. */
    public static ChainedBatch chainedBatch(Predicate<? super PushedBatch> expected) {
        return new ChainedBatch(expected);
    }

    /** At least one job of the class was pushed by itself: nothing follows on it, and it is in no batch. */
    public QueueFake assertDispatchedWithoutChain(Class<?> jobClass) {
        return assertAlone(new ExpectedJob(jobClass));
    }

    /** An equal job was pushed by itself: nothing follows on it, and it is in no batch. */
    public QueueFake assertDispatchedWithoutChain(Object job) {
        return assertAlone(new ExpectedJob(job));
    }

    /** At least one batch was dispatched for which {@code expected} holds. Batches in chains are none until their turn comes. */
    public QueueFake assertBatched(Predicate<? super PushedBatch> expected) {
        return assertBatched(expected, "a batch that fits the predicate");
    }

    /** At least one batch of this name was dispatched. */
    public QueueFake assertBatched(String name) {
        return assertBatched(batch -> batch.name().equals(name), "a batch \"" + name + "\"");
    }

    /** At least one batch of this name was dispatched for which {@code expected} holds. */
    public QueueFake assertBatched(String name, Predicate<? super PushedBatch> expected) {
        return assertBatched(
                batch -> batch.name().equals(name) && expected.test(batch),
                "a batch \"" + name + "\" that fits the predicate");
    }

    /** A batch of this name was dispatched of exactly these jobs, in this order: of each its class, or an equal job. */
    public QueueFake assertBatched(String name, List<?> jobs) {
        List<ExpectedJob> expected = ExpectedJob.all(jobs.toArray());
        return assertBatched(
                batch -> batch.name().equals(name) && ExpectedJob.fit(expected, batch.jobs()),
                "a batch \"" + name + "\" of " + ExpectedJob.worded(expected));
    }

    /** Exactly so many batches were dispatched. */
    public QueueFake assertBatchCount(int batches) {
        int found = batches().size();
        if (found != batches) {
            throw failedBatch(
                    "Expected " + Wording.batches(batches) + " to be dispatched, but there were " + found + ".");
        }
        return this;
    }

    /** No batch was dispatched. */
    public QueueFake assertNothingBatched() {
        if (!batches().isEmpty()) {
            throw failedBatch("Expected no batch to be dispatched, but there was one.");
        }
        return this;
    }

    /** Forgets what was pushed so far; unique keys stay held. */
    public void forget() {
        records.forget();
    }

    /** Disconnects the queue; what was pushed can still be asked for. Idempotent. */
    @Override
    public void close() {
        queue.close();
    }

    private <T> QueueFake assertPushed(Class<T> jobClass, Predicate<PushedJob<T>> expected, String what) {
        if (pushed(jobClass).stream().noneMatch(expected)) {
            throw failed("Expected " + what + " to be pushed, but it was not.");
        }
        return this;
    }

    private QueueFake assertAlone(ExpectedJob expected) {
        boolean found = pushed().stream()
                .anyMatch(each -> expected.fits(each.job())
                        && each.chain().isEmpty()
                        && each.batchId().isEmpty());
        if (!found) {
            throw failed("Expected " + expected + " to be dispatched without a chain, but it was not.");
        }
        return this;
    }

    private QueueFake assertBatched(Predicate<? super PushedBatch> expected, String what) {
        if (batches().stream().noneMatch(expected)) {
            throw failedBatch("Expected " + what + " to be dispatched, but it was not.");
        }
        return this;
    }

    private static List<Object> chainOf(PushedJob<Object> first) {
        List<Object> chain = new ArrayList<>();
        chain.add(first.job());
        first.chain().forEach(next -> chain.add(next.job()));
        return chain;
    }

    private AssertionError failed(String expectation) {
        return Wording.failed(
                expectation,
                "pushed",
                pushed().stream().map(PushedJob::toString).toList());
    }

    private AssertionError failedBatch(String expectation) {
        return Wording.failed(
                expectation,
                "batched",
                batches().stream().map(PushedBatch::toString).toList());
    }
}
