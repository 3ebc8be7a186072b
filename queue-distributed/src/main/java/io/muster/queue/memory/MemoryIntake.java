package io.muster.queue.memory;

import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.PushOutcome.NotInBatch;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class MemoryIntake implements JobStore.Intake {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryIntake.class);

    private final MemoryStore store;

    MemoryIntake(MemoryStore store) {
        this.store = store;
    }

    @Override
    public List<PushOutcome> push(List<NewJob> jobs) {
        checkSizes(jobs);
        return store.alone((content, now) -> push(jobs, content, now));
    }

    /** As {@link #push(List)}, within an operation. */
    List<PushOutcome> push(List<NewJob> jobs, Memory.Content content, Instant now) {
        return push(jobs, content, now, content.batches()::refuses, () -> {});
    }

    /** {@code before} runs when it is certain that the jobs are pushed, and before they are. */
    List<PushOutcome> push(
            List<NewJob> jobs,
            Memory.Content content,
            Instant now,
            Function<NewJob, Optional<NotInBatch.Why>> refused,
            Runnable before) {
        JobTable table = content.jobs();
        table.unique.expire(now, Integer.MAX_VALUE);
        List<PushOutcome> outcomes = judge(jobs, table, refused);
        checkRoom(outcomes.stream().filter(PushOutcome.Pushed.class::isInstance).count(), table, "pushed");
        before.run();
        apply(jobs, outcomes, content, now);
        return outcomes;
    }

    @Override
    public Optional<StoredJob> find(String jobId) {
        return store.alone((content, now) -> content.jobs().find(jobId).map(MemoryJob::stored));
    }

    @Override
    public List<QueueCounts> counts() {
        return store.alone((content, now) -> content.jobs().books.counts());
    }

    @Override
    public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
        long after = from.map(Long::parseLong).orElse(0L);
        return store.alone((content, now) -> {
            NavigableMap<Long, MemoryJob> rest =
                    content.jobs().books.jobs(queue, state).tailMap(after, false);
            Collection<MemoryJob> page = rest.values().stream().limit(limit).toList();
            Optional<String> next = rest.size() <= page.size()
                    ? Optional.empty()
                    : Optional.of(Long.toString(
                            page.stream().mapToLong(job -> job.sequence).max().orElse(after)));
            return new JobPage(page.stream().map(MemoryJob::stored).toList(), next);
        });
    }

    @Override
    public JobObstacles obstacles(String jobId) {
        return store.alone((content, now) -> {
            JobTable jobs = content.jobs();
            jobs.expireOverlap(now, Integer.MAX_VALUE);
            return jobs.find(jobId)
                    .map(job -> new JobObstacles(
                            jobs.books.pausedBy(job.spec.queue()),
                            job.spec.overlap().flatMap(key -> jobs.overlap
                                    .owner(key.key())
                                    .filter(owner -> !owner.jobId().equals(jobId))
                                    .map(owner -> new JobObstacles.HeldKey(key.key(), owner.jobId())))))
                    .orElse(JobObstacles.NONE);
        });
    }

    @Override
    public void pause(String queue, String by) {
        boolean changed = store.alone((content, now) -> content.jobs().pause(queue, by));
        if (changed) {
            LOG.info("Paused queue={} by={}", queue, by);
        }
    }

    @Override
    public void resume(String queue) {
        boolean changed = store.alone((content, now) -> content.jobs().resume(queue));
        if (changed) {
            LOG.info("Resumed queue={}", queue);
        }
    }

    @Override
    public int clear(String queue, int limit) {
        return store.alone((content, now) -> {
            QueueBooks books = content.jobs().books;
            Map<String, BatchEnds> cleared = new LinkedHashMap<>();
            List<MemoryJob> waiting = Stream.of(JobState.READY, JobState.DELAYED)
                    .flatMap(state -> books.jobs(queue, state).values().stream())
                    .limit(limit)
                    .toList();
            for (MemoryJob job : waiting) {
                content.jobs().clear(job);
                job.spec
                        .batch()
                        .ifPresent(member ->
                                cleared.merge(member.batchId(), BatchEnds.cleared(member.links()), BatchEnds::and));
            }
            content.batches().ended(cleared, now);
            return waiting.size();
        });
    }

    @Override
    public List<RetryOutcome> retry(List<String> jobIds) {
        JobStore.Intake.checkIds(jobIds);
        return store.alone((content, now) -> {
            JobTable table = content.jobs();
            table.unique.expire(now, Integer.MAX_VALUE);
            long failed = jobIds.stream()
                    .distinct()
                    .filter(id -> failed(id, table).isPresent())
                    .count();
            checkRoom(failed, table, "retried");
            return jobIds.stream().map(id -> retry(id, content, now)).toList();
        });
    }

    private static RetryOutcome retry(String id, Memory.Content content, Instant now) {
        JobTable table = content.jobs();
        Optional<MemoryJob> job = failed(id, table);
        Optional<String> holder =
                job.flatMap(found -> found.spec.unique()).flatMap(key -> table.unique.owner(key.key()));
        if (job.isEmpty()) {
            return new RetryOutcome.NotFailed(id);
        }
        if (holder.isPresent()) {
            return new RetryOutcome.DuplicateOf(id, holder.get());
        }
        table.retry(job.get(), now);
        content.batches().retried(job.get());
        return new RetryOutcome.Retried(id);
    }

    private static Optional<MemoryJob> failed(String id, JobTable table) {
        return table.find(id).filter(job -> job.state == JobState.FAILED);
    }

    @Override
    public Set<String> forget(List<String> jobIds) {
        JobStore.Intake.checkIds(jobIds);
        return store.alone((content, now) -> {
            Set<String> forgotten = new LinkedHashSet<>();
            for (String id : jobIds) {
                failed(id, content.jobs()).ifPresent(job -> {
                    content.jobs().forget(job);
                    forgotten.add(id);
                });
            }
            return forgotten;
        });
    }

    void checkSizes(List<NewJob> jobs) {
        store.capabilities().checkPush(jobs);
    }

    private static List<PushOutcome> judge(
            List<NewJob> jobs, JobTable table, Function<NewJob, Optional<NotInBatch.Why>> refused) {
        Set<String> ids = new HashSet<>();
        Map<String, String> keys = new HashMap<>();
        List<PushOutcome> outcomes = new ArrayList<>();
        for (NewJob job : jobs) {
            Optional<String> key = job.unique().map(UniqueKey::key);
            Optional<NotInBatch.Why> hindered = refused.apply(job);
            Optional<String> holder =
                    key.flatMap(name -> table.unique.owner(name).or(() -> Optional.ofNullable(keys.get(name))));
            if (ids.contains(job.id()) || table.knows(job.id())) {
                outcomes.add(new PushOutcome.SameId(job.id()));
            } else if (hindered.isPresent()) {
                String batchId = job.batch().orElseThrow().batchId();
                outcomes.add(new NotInBatch(job.id(), batchId, hindered.get()));
            } else if (holder.isPresent()) {
                outcomes.add(new PushOutcome.DuplicateOf(job.id(), holder.get()));
            } else {
                ids.add(job.id());
                key.ifPresent(name -> keys.put(name, job.id()));
                outcomes.add(new PushOutcome.Pushed(job.id()));
            }
        }
        return List.copyOf(outcomes);
    }

    private void checkRoom(long more, JobTable table, String what) {
        if (table.live() + more > store.maxJobs()) {
            throw new StoreFullException("The memory store holds " + table.live() + " of at most " + store.maxJobs()
                    + " jobs and has no room for " + more + " more; nothing was " + what + ". Raise "
                    + MemoryOptions.MAX_JOBS_SETTING + " or push more slowly");
        }
    }

    private static void apply(List<NewJob> jobs, List<PushOutcome> outcomes, Memory.Content content, Instant now) {
        for (int i = 0; i < jobs.size(); i++) {
            if (outcomes.get(i) instanceof PushOutcome.Pushed) {
                content.jobs().push(jobs.get(i), now);
                content.batches().added(jobs.get(i));
            }
        }
    }
}
