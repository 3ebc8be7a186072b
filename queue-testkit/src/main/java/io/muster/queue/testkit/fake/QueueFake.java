package io.muster.queue.testkit.fake;

import io.muster.cluster.local.LocalConfig;
import io.muster.queue.Outgoing;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobName;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.NewJob;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
 * }
 * }</pre>
 *
 * <p>{@link #queue} is a real one that only pushes: it has no node, no server and no clock to wait for, jobs are written as they would be, so that
 * one that cannot be is found; unique keys hold, ids, delays and options are as in production, and {@code size}, {@code find} and
 * {@code clear} work. With {@link #only} and {@link #except} the jobs that are not faked run at once in their caller, as with the driver
 * {@code sync}. {@code dispatchSync} and {@code dispatchAfterResponse} are no pushes and run always.
 *
 * <p>A failed expectation is an {@link AssertionError} that lists what was pushed instead. Thread-safe. T1
 */
public final class QueueFake implements AutoCloseable {
    private static final MemoryOptions ROOM = new MemoryOptions(1_000_000);

    private final Queue queue;
    private final Map<String, Outgoing> said = new ConcurrentHashMap<>();
    private final List<PushedJob<Object>> pushed = new CopyOnWriteArrayList<>();
    private volatile Predicate<Class<?>> runsReally = jobClass -> false;

    private QueueFake(QueueBuilder application) {
        this.queue = application
                .cluster(LocalConfig.named("queue-fake-" + UUID.randomUUID()))
                .store(cluster -> new RecordingStore(
                        MemoryStore.open(ROOM, cluster.options().timeline()), this::record))
                .pipe(outgoing -> {
                    said.put(outgoing.id(), outgoing);
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
        return List.copyOf(pushed);
    }

    /** What was pushed of a class, or of classes below it, in order. */
    public <T> List<PushedJob<T>> pushed(Class<T> jobClass) {
        return pushed.stream().flatMap(job -> job.as(jobClass).stream()).toList();
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

    /** An equal job was pushed. */
    public QueueFake assertPushed(Object job) {
        if (pushed.stream().noneMatch(each -> each.job().equals(job))) {
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
        if (!pushed.isEmpty()) {
            throw failed("Expected nothing to be pushed, but something was.");
        }
        return this;
    }

    /** Exactly so many jobs were pushed, whatever they are. */
    public QueueFake assertCount(int jobs) {
        if (pushed.size() != jobs) {
            throw failed("Expected " + Wording.jobs(jobs) + " to be pushed, but there were " + pushed.size() + ".");
        }
        return this;
    }

    /** Forgets what was pushed so far; unique keys stay held. */
    public void forget() {
        pushed.clear();
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

    private AssertionError failed(String expectation) {
        Stream<String> lines = pushed.stream().map(PushedJob::toString);
        return Wording.failed(expectation, "pushed", lines.toList());
    }

    private void record(NewJob accepted) {
        Outgoing outgoing = said.remove(accepted.id());
        pushed.add(outgoing == null ? PushedJob.raw(accepted) : PushedJob.of(outgoing, accepted));
    }
}
