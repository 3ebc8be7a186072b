package io.muster.queue.redis;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.PushOutcome.NotInBatch.Why;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class RedisIntake implements JobStore.Intake {
    private static final Logger LOG = LoggerFactory.getLogger(RedisIntake.class);
    private static final long ALL_PUSHED = 0;
    private static final Long PUSHED = 1L;
    private static final long KNOWN = 0;
    private static final int CLEARED_AT_ONCE = 128;
    private static final int FAILED_AT_ONCE = 50;

    private final Server server;
    private final Timeline timeline;
    private final StoreCapabilities limits;
    private final Inspection inspection;

    RedisIntake(Server server, Timeline timeline, StoreCapabilities limits) {
        this.server = server;
        this.timeline = timeline;
        this.limits = limits;
        this.inspection = new Inspection(server);
    }

    @Override
    public List<PushOutcome> push(List<NewJob> jobs) {
        return beginPush(jobs).await();
    }

    @Override
    public Begun beginPush(List<NewJob> jobs) {
        checkSizes(jobs);
        if (jobs.isEmpty()) {
            return new Answered(List.of());
        }
        if (!isPlain(jobs)) {
            return new Answered(pushSpecial(jobs));
        }
        return jobs.size() == 1 && jobs.get(0).batch().isEmpty() ? beginOne(jobs.get(0)) : beginPlain(jobs);
    }

    @Override
    public Optional<StoredJob> find(String jobId) {
        List<?> answer = server.read(StoreScripts.FIND, server.deadline(), jobId);
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        JobRecords.Read job = JobRecords.decode((byte[]) answer.get(0));
        byte[] detail = (byte[]) answer.get(2);
        return Optional.of(
                switch (JobRecords.string((byte[]) answer.get(1))) {
                    case "s" -> settled(jobId, job, detail, (byte[]) answer.get(3));
                    case "d" -> job.stored(jobId, JobState.DELAYED, Optional.empty(), Optional.empty());
                    case "a" -> job.stored(jobId, JobState.ASSIGNED, text(detail), Optional.empty());
                    case "h" -> job.stored(jobId, JobState.RUNNING, text(detail), Optional.empty());
                    default -> job.stored(jobId, JobState.READY, Optional.empty(), Optional.empty());
                });
    }

    @Override
    public JobObstacles obstacles(String jobId) {
        return inspection.obstacles(jobId, server.deadline());
    }

    @Override
    public List<QueueCounts> counts() {
        return inspection.counts(server.deadline());
    }

    @Override
    public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
        Deadline deadline = server.deadline();
        return switch (state) {
            case READY -> inspection.ready(queue, from, limit, deadline);
            case DELAYED, FAILED -> inspection.scored(queue, state, from, limit, deadline);
            case ASSIGNED, RUNNING -> inspection.held(queue, state, from, limit, deadline);
            case COMPLETED, DISCARDED -> inspection.done(queue, state, from, limit, deadline);
        };
    }

    @Override
    public void pause(String queue, String by) {
        if (changed(server.write(StoreScripts.PAUSE, server.deadline(), queue, "p", by))) {
            LOG.info("Paused queue={} by={}", queue, by);
        }
    }

    @Override
    public void resume(String queue) {
        if (changed(server.write(StoreScripts.PAUSE, server.deadline(), queue, "r"))) {
            LOG.info("Resumed queue={}", queue);
        }
    }

    @Override
    public int clear(String queue, int limit) {
        if (limit <= 0) {
            return 0;
        }
        List<?> answer = server.write(StoreScripts.CLEAR, server.deadline(), queue, Math.min(limit, CLEARED_AT_ONCE));
        return ((Long) answer.get(1)).intValue();
    }

    @Override
    public List<RetryOutcome> retry(List<String> jobIds) {
        JobStore.Intake.checkIds(jobIds);
        Deadline deadline = server.deadline();
        List<RetryOutcome> outcomes = new ArrayList<>();
        for (List<String> some : Inspection.chunks(jobIds, FAILED_AT_ONCE)) {
            List<?> answer = server.write(StoreScripts.RETRY, deadline, some.toArray());
            for (int i = 0; i < some.size(); i++) {
                outcomes.add(retried(some.get(i), answer.get(i + 1)));
            }
        }
        return outcomes;
    }

    private static RetryOutcome retried(String id, Object answer) {
        if (answer instanceof byte[] holder) {
            return new RetryOutcome.DuplicateOf(id, JobRecords.string(holder));
        }
        return (Long) answer == 1 ? new RetryOutcome.Retried(id) : new RetryOutcome.NotFailed(id);
    }

    @Override
    public Set<String> forget(List<String> jobIds) {
        JobStore.Intake.checkIds(jobIds);
        Deadline deadline = server.deadline();
        Set<String> forgotten = new LinkedHashSet<>();
        for (List<String> some : Inspection.chunks(jobIds, FAILED_AT_ONCE)) {
            List<?> answer = server.write(StoreScripts.FORGET, deadline, some.toArray());
            for (int i = 0; i < some.size(); i++) {
                if ((Long) answer.get(i + 1) == 1) {
                    forgotten.add(some.get(i));
                }
            }
        }
        return forgotten;
    }

    /** The reason and the detail of a failed job are packed together. */
    static StoredJob settled(String id, JobRecords.Read job, byte[] why, byte[] failedAt) {
        JobState state = job.settledAs().orElse(JobState.READY);
        int length = why.length < Integer.BYTES ? -1 : ByteBuffer.wrap(why).getInt();
        if (length < 0 || length > why.length - Integer.BYTES) {
            return job.stored(id, state, Optional.empty(), Optional.empty());
        }
        ByteBuffer packed = ByteBuffer.wrap(why).position(Integer.BYTES);
        byte[] reason = new byte[length];
        packed.get(reason);
        byte[] detail = new byte[packed.remaining()];
        packed.get(detail);
        Optional<Instant> at =
                text(failedAt).map(Double::parseDouble).map(millis -> Instant.ofEpochMilli(millis.longValue()));
        return job.failed(JobRecords.string(reason), at).stored(id, state, Optional.empty(), text(detail));
    }

    private static boolean changed(List<?> answer) {
        return (Long) answer.get(1) == 1;
    }

    private static Optional<String> text(byte[] bytes) {
        return bytes.length == 0 ? Optional.empty() : Optional.of(JobRecords.string(bytes));
    }

    void checkSizes(List<NewJob> jobs) {
        limits.checkPush(jobs);
    }

    /** Ready at once, without unique keys, all ids different: the server need not look at each. */
    private static boolean isPlain(List<NewJob> jobs) {
        Set<String> ids = jobs.size() > 1 ? new HashSet<>(2 * jobs.size()) : Set.of();
        for (NewJob job : jobs) {
            if (job.dueAt().isPresent() || job.unique().isPresent() || (jobs.size() > 1 && !ids.add(job.id()))) {
                return false;
            }
        }
        return true;
    }

    private Begun beginOne(NewJob job) {
        Supplier<List<?>> answer = server.begin(
                StoreScripts.PUSH_ONE,
                server.deadline(),
                job.id(),
                JobRecords.encode(job, timeline.clock().millis()),
                job.queue(),
                JobRecords.lane(job),
                job.priority(),
                JobRecords.laneEntry(job));
        return () -> List.of(outcome(job, answer.get().get(1)));
    }

    private Begun beginPlain(List<NewJob> jobs) {
        long now = timeline.clock().millis();
        List<Object> arguments = new ArrayList<>(2 * jobs.size() + 8);
        arguments.add(jobs.size());
        int runAt = 0;
        int run = 0;
        NewJob first = jobs.get(0);
        for (NewJob job : jobs) {
            if (run == 0 || !sameLane(first, job)) {
                runAt = beginRun(arguments, job);
                first = job;
                run = 0;
            }
            arguments.add(job.id());
            arguments.add(JobRecords.encode(job, now));
            run++;
            arguments.set(runAt, run);
        }
        Supplier<List<?>> answer = server.begin(StoreScripts.PUSH, server.deadline(), arguments.toArray());
        return () -> plainOutcomes(jobs, answer.get());
    }

    private static List<PushOutcome> plainOutcomes(List<NewJob> jobs, List<?> answer) {
        boolean allPushed = (Long) answer.get(1) == ALL_PUSHED;
        List<PushOutcome> outcomes = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            outcomes.add(outcome(jobs.get(i), allPushed ? PUSHED : answer.get(i + 2)));
        }
        return outcomes;
    }

    /** Answers where the number of jobs in the run stands. */
    private static int beginRun(List<Object> arguments, NewJob job) {
        arguments.add(job.queue());
        arguments.add(JobRecords.lane(job));
        arguments.add(job.priority());
        arguments.add(job.batch().map(BatchMembership::batchId).orElse(""));
        arguments.add(links(job));
        arguments.add(0);
        return arguments.size() - 1;
    }

    private static boolean sameLane(NewJob one, NewJob other) {
        return one.queue().equals(other.queue())
                && one.type().equals(other.type())
                && one.priority() == other.priority()
                && JobRecords.laneKind(one) == JobRecords.laneKind(other)
                && one.batch().equals(other.batch());
    }

    private List<PushOutcome> pushSpecial(List<NewJob> jobs) {
        long now = timeline.clock().millis();
        List<Object> arguments = new ArrayList<>(5 * jobs.size() + 1);
        arguments.add(jobs.size());
        jobs.forEach(job -> addSpecial(arguments, job, now));
        List<?> answer = server.write(StoreScripts.PUSH_SPECIAL, server.deadline(), arguments.toArray());
        return outcomes(jobs, answer.subList(1, answer.size()));
    }

    /** The arguments of one job, as {@code special.lua} has them. */
    static void addSpecial(List<Object> arguments, NewJob job, long nowMillis) {
        arguments.add(job.id());
        arguments.add(JobRecords.encode(job, nowMillis));
        arguments.add(
                job.dueAt().map(due -> Long.toString(JobRecords.millis(due))).orElse(""));
        arguments.add(job.unique().map(key -> "k" + key.key()).orElse(""));
        arguments.add(job.unique()
                .flatMap(UniqueKey::heldFor)
                .map(heldFor -> Long.toString(JobRecords.millis(heldFor)))
                .orElse(""));
    }

    /** What {@code special.lua} answers for these jobs. */
    static List<PushOutcome> outcomes(List<NewJob> jobs, List<?> answers) {
        List<PushOutcome> outcomes = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            outcomes.add(outcome(jobs.get(i), answers.get(i)));
        }
        return outcomes;
    }

    private static PushOutcome outcome(NewJob job, Object answer) {
        if (answer instanceof byte[] holder) {
            return new PushOutcome.DuplicateOf(job.id(), JobRecords.string(holder));
        }
        long code = (Long) answer;
        if (code == PUSHED) {
            return new PushOutcome.Pushed(job.id());
        }
        return code == KNOWN ? new PushOutcome.SameId(job.id()) : notInBatch(job, code);
    }

    private static PushOutcome notInBatch(NewJob job, long code) {
        Why why =
                switch ((int) code) {
                    case -1 -> Why.UNKNOWN;
                    case -2 -> Why.FINISHED;
                    case -3 -> Why.OTHER_QUEUE;
                    default -> throw new IllegalStateException("No outcome of a push: " + code);
                };
        String batchId = job.batch().map(BatchMembership::batchId).orElse("");
        return new PushOutcome.NotInBatch(job.id(), batchId, why);
    }

    private static int links(NewJob job) {
        return job.batch().map(BatchMembership::links).orElse(0);
    }
}
