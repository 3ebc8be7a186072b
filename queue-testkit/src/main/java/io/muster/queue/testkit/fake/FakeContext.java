package io.muster.queue.testkit.fake;

import io.muster.queue.job.Batch;
import io.muster.queue.job.JobChain;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobFailure;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.MissingRefException;
import io.muster.queue.job.Ref;
import io.muster.queue.job.RefResolver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a handler under test talks to: it answers as told, and a test says what it expects to have been asked for.
 *
 * <pre>{@code
 * FakeContext context = FakeContext.create().attempt(2).supply(Mailer.class, mailer);
 *
 * new SendMail("ada@example.org").handle(context);
 *
 * context.assertReleased(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>As in production the last of release, fail and delete counts. What the handler throws reaches the test. Not thread-safe. T1
 */
public final class FakeContext implements JobContext {
    private String jobId = "fake-job";
    private String queue = "default";
    private String type = "fake";
    private int attempt = 1;
    private int releases;
    private int crashes;
    private long fencingToken = 1;
    private Set<String> tags = Set.of();
    private Duration timeout = Duration.ofSeconds(60);
    private boolean owner = true;
    private Instant now = Instant.EPOCH;
    private Instant pushedAt = Instant.EPOCH;
    private final Map<Class<?>, Object> supplies = new HashMap<>();
    private final Map<Class<?>, RefResolver<?>> resolvers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private @Nullable Ending ending;
    private final FakeLinks links = new FakeLinks();
    private @Nullable JobChain chain;
    private @Nullable FakeBatch batch;
    private @Nullable JobFailure failure;
    private int progress;

    private FakeContext() {}

    /** What the handler asked for last. */
    private sealed interface Ending {
        /** Put back. */
        record Released(Duration delay) implements Ending {}

        /** Failed for good. */
        record Failed(String reason, Optional<Throwable> cause) implements Ending {}

        /** Dropped. */
        record Deleted(String reason) implements Ending {}
    }

    /** The first attempt of a job on the queue {@code default}, in time and valid. */
    public static FakeContext create() {
        return new FakeContext();
    }

    /** Which handler start it is, from 1. */
    public FakeContext attempt(int number) {
        attempt = number;
        return this;
    }

    /** How often a node died while it ran this job. */
    public FakeContext crashes(int times) {
        crashes = times;
        return this;
    }

    /** How often its handler put it back before. */
    public FakeContext releases(int times) {
        releases = times;
        return this;
    }

    public FakeContext jobId(String id) {
        jobId = id;
        return this;
    }

    public FakeContext queue(String name) {
        queue = name;
        return this;
    }

    public FakeContext type(String name) {
        type = name;
        return this;
    }

    public FakeContext tags(String... words) {
        tags = Set.of(words);
        return this;
    }

    public FakeContext fencingToken(long token) {
        fencingToken = token;
        return this;
    }

    public FakeContext timeout(Duration longest) {
        timeout = longest;
        return this;
    }

    /** The attempt is not this handler's any more: its session was lost, or it has timed out. */
    public FakeContext notOwner() {
        owner = false;
        return this;
    }

    /** The moment from which {@link #release(Instant)} counts; without it the epoch. */
    public FakeContext now(Instant moment) {
        now = moment;
        return this;
    }

    /** When the job was pushed; without it the epoch. */
    public FakeContext pushedAt(Instant moment) {
        pushedAt = moment;
        return this;
    }

    /** The job belongs to this batch, or is a callback of it. */
    public FakeContext withFakeBatch(FakeBatch fake) {
        batch = fake;
        return this;
    }

    /** These are to follow on the job already. */
    public FakeContext chained(Object... following) {
        chain().append(following);
        return this;
    }

    /** What the callback of a chain is told of. */
    public FakeContext failure(String failedJobId, String reason) {
        failure = new JobFailure(failedJobId, reason);
        return this;
    }

    /** What {@link #get} answers. */
    public <T> FakeContext supply(Class<T> needed, T supplied) {
        supplies.put(needed, supplied);
        return this;
    }

    /** How {@link #resolve} finds what a job refers to. */
    public <T> FakeContext resolve(Class<T> referred, RefResolver<T> resolver) {
        resolvers.put(referred, resolver);
        return this;
    }

    @Override
    public String jobId() {
        return jobId;
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Instant pushedAt() {
        return pushedAt;
    }

    @Override
    public Set<String> tags() {
        return tags;
    }

    @Override
    public int releases() {
        return releases;
    }

    @Override
    public int crashes() {
        return crashes;
    }

    @Override
    public long fencingToken() {
        return fencingToken;
    }

    @Override
    public String node() {
        return "fake-node";
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public boolean isOwner() {
        return owner;
    }

    @Override
    public boolean isInBatch() {
        return batch != null;
    }

    @Override
    public Batch batch() {
        FakeBatch fake = batch;
        if (fake == null) {
            throw new IllegalStateException(
                    "The handler asks for its batch; give it one with withFakeBatch(FakeBatch.named(…))");
        }
        return fake.batch();
    }

    @Override
    public JobChain chain() {
        JobChain known = chain;
        if (known == null) {
            known = new JobChain(JobFlow.NONE, links, queue);
            chain = known;
        }
        return known;
    }

    @Override
    public Optional<JobFailure> failure() {
        FakeBatch fake = batch;
        return failure != null || fake == null
                ? Optional.ofNullable(failure)
                : fake.batch().firstFailure();
    }

    @Override
    public void release(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("A release cannot be in the past: " + delay);
        }
        asks(new Ending.Released(delay), "release after " + delay);
    }

    @Override
    public void release(Instant moment) {
        Duration delay = Duration.between(now, moment);
        release(delay.isNegative() ? Duration.ZERO : delay);
    }

    @Override
    public void fail(String reason) {
        asks(new Ending.Failed(reason, Optional.empty()), "fail: " + reason);
    }

    @Override
    public void fail(Throwable cause) {
        asks(new Ending.Failed(String.valueOf(cause.getMessage()), Optional.of(cause)), "fail: " + cause);
    }

    @Override
    public void delete(String reason) {
        asks(new Ending.Deleted(reason), "delete: " + reason);
    }

    @Override
    public void progress(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("progress is a percentage from 0 to 100, not " + percent);
        }
        progress = percent;
    }

    @Override
    public <T> T get(Class<T> needed) {
        Object supplied = supplies.get(needed);
        if (supplied == null) {
            throw new IllegalStateException("The handler needs a " + needed.getName() + "; give it one with supply("
                    + needed.getSimpleName() + ".class, …)");
        }
        return needed.cast(supplied);
    }

    @Override
    public <T> T resolve(Ref<T> ref) {
        RefResolver<?> resolver = resolvers.get(ref.type());
        if (resolver == null) {
            throw new IllegalStateException(
                    "The handler resolves a " + ref.type().getName() + "; say how with resolve("
                            + ref.type().getSimpleName() + ".class, …)");
        }
        return resolver.find(ref.id()).map(ref.type()::cast).orElseThrow(() -> new MissingRefException(ref));
    }

    /** How far the handler said that it has come, in percent. */
    public int progress() {
        return progress;
    }

    /** The handler put the job back, whenever it is to run again. */
    public FakeContext assertReleased() {
        if (!(ending instanceof Ending.Released)) {
            throw failed("Expected the job to be released, but it was not.");
        }
        return this;
    }

    /** The handler put the job back, to run again after exactly this delay. */
    public FakeContext assertReleased(Duration delay) {
        if (!(ending instanceof Ending.Released released) || !released.delay().equals(delay)) {
            throw failed("Expected the job to be released for " + delay + ", but it was not.");
        }
        return this;
    }

    public FakeContext assertNotReleased() {
        if (ending instanceof Ending.Released) {
            throw failed("Expected the job not to be released, but it was.");
        }
        return this;
    }

    /** The handler failed the job for good. What it throws is no such failure, it reaches the test. */
    public FakeContext assertFailed() {
        if (!(ending instanceof Ending.Failed)) {
            throw failed("Expected the job to be failed, but it was not.");
        }
        return this;
    }

    /** The handler failed the job with this reason, or a cause with this message. */
    public FakeContext assertFailedWith(String reason) {
        if (!(ending instanceof Ending.Failed failed) || !failed.reason().equals(reason)) {
            throw failed("Expected the job to be failed with \"" + reason + "\", but it was not.");
        }
        return this;
    }

    /** The handler failed the job with a cause of this class. */
    public FakeContext assertFailedWith(Class<? extends Throwable> cause) {
        if (!(ending instanceof Ending.Failed failed)
                || failed.cause().filter(cause::isInstance).isEmpty()) {
            throw failed("Expected the job to be failed with a " + cause.getSimpleName() + ", but it was not.");
        }
        return this;
    }

    public FakeContext assertNotFailed() {
        if (ending instanceof Ending.Failed) {
            throw failed("Expected the job not to be failed, but it was.");
        }
        return this;
    }

    /** The handler dropped the job. */
    public FakeContext assertDeleted() {
        if (!(ending instanceof Ending.Deleted)) {
            throw failed("Expected the job to be deleted, but it was not.");
        }
        return this;
    }

    public FakeContext assertNotDeleted() {
        if (ending instanceof Ending.Deleted) {
            throw failed("Expected the job not to be deleted, but it was.");
        }
        return this;
    }

    /** Exactly these follow on the job now, in this order: of each its class, or an equal job. */
    public FakeContext assertChained(Object... jobs) {
        List<ExpectedJob> expected = ExpectedJob.all(jobs);
        List<Object> following = links.of(chain());
        if (!ExpectedJob.fit(expected, following)) {
            throw Wording.failed(
                    "Expected " + ExpectedJob.worded(expected) + " to follow on the job, but it is not so.",
                    "chained",
                    following.stream().map(Object::toString).toList());
        }
        return this;
    }

    /** The handler asked for nothing: the job completes if nothing was thrown. */
    public FakeContext assertNothingAsked() {
        if (ending != null) {
            throw failed("Expected the handler to ask for nothing, but it did.");
        }
        return this;
    }

    private void asks(Ending wanted, String line) {
        ending = wanted;
        asked.add(line);
    }

    private AssertionError failed(String expectation) {
        return Wording.failed(expectation, "asked for", asked);
    }
}
