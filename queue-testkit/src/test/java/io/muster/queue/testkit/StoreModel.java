package io.muster.queue.testkit;

import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a store promises, said as simply as possible: no index, every question is a search through all jobs. Answers are texts, to
 * be compared with what a real store answered.
 */
final class StoreModel {
    static final String REFUSED = "IncarnationBuriedException";

    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<String, Life> lives = new TreeMap<>();
    private final Map<String, Hold> unique = new LinkedHashMap<>();
    private final Map<String, Hold> overlap = new LinkedHashMap<>();
    private final Set<String> paused = new HashSet<>();
    private long lastPushed;
    private long lastPlace;
    private long lastAssignment;

    String push(List<NewJob> batch, Instant now) {
        return batch.stream().map(job -> pushOne(job, now)).toList().toString();
    }

    String assign(List<Grant> grants, Instant now) {
        List<Integer> assigned = new ArrayList<>();
        for (Grant grant : grants) {
            Life life = lives.get(grant.incarnation());
            int count = 0;
            while (life != null && life.status == Status.ADMITTED && heldBy(grant) < grant.limit()) {
                Optional<Job> next = grant.queues().stream()
                        .filter(queue -> !paused.contains(queue))
                        .flatMap(queue -> bestOf(queue, grant, now).stream())
                        .findFirst();
                if (next.isEmpty()) {
                    break;
                }
                assign(next.get(), grant, now);
                count++;
            }
            assigned.add(count);
        }
        return assigned.toString();
    }

    String exchange(Exchange exchange, Instant now) {
        Life life = lives.get(exchange.incarnation());
        if (life == null || life.status == Status.BURIED) {
            return REFUSED;
        }
        List<SettleResult> settled = exchange.settlements().stream()
                .map(settlement -> settle(settlement, exchange.incarnation(), now))
                .toList();
        List<Job> taken = new ArrayList<>();
        exchange.holding().ifPresent(holding -> inOrder(exchange, JobState.RUNNING)
                .filter(job -> !holding.contains(job.spec.id()))
                .forEach(taken::add));
        List<Job> waiting = inOrder(exchange, JobState.ASSIGNED).toList();
        int more = Math.min(waiting.size(), Math.max(0, exchange.take() - taken.size()));
        for (Job job : waiting.subList(0, more)) {
            job.state = JobState.RUNNING;
            job.counters = job.counters.started();
            job.spec
                    .unique()
                    .filter(key -> key.until() == UniqueKey.Until.PROCESSING)
                    .ifPresent(key -> free(unique, key.key(), job.spec.id()));
            taken.add(job);
        }
        buryIfGone(exchange.incarnation(), life);
        return settled + " " + taken.stream().map(Job::attempt).toList() + " " + (waiting.size() - more);
    }

    String revoke(String incarnation, String pool, int limit, Instant now) {
        List<Job> newest = held(incarnation)
                .filter(job -> pool.equals(job.pool) && job.state == JobState.ASSIGNED)
                .sorted(Comparator.comparingLong((Job job) -> -job.assignment))
                .limit(limit)
                .toList();
        newest.forEach(job -> comeBack(job, job.counters, now));
        return Integer.toString(newest.size());
    }

    String bury(String incarnation, Instant now) {
        Life life = lives.computeIfAbsent(incarnation, unknown -> new Life());
        life.status = Status.BURIED;
        int untaken = 0;
        int crashed = 0;
        int failed = 0;
        for (Job job : held(incarnation).toList()) {
            if (job.state == JobState.ASSIGNED) {
                comeBack(job, job.counters, now);
                untaken++;
            } else if (life.survived) {
                comeBack(job, job.counters.notStarted(), now);
                crashed++;
            } else if (job.counters.crashed().suspectCrashes() >= job.spec.maxCrashes()) {
                job.counters = job.counters.crashed();
                end(job, JobState.FAILED, now);
                failed++;
            } else {
                comeBack(job, job.counters.crashed(), now);
                life.crashed.add(job.spec.id());
                crashed++;
            }
        }
        return untaken + " " + crashed + " " + failed;
    }

    String admit(String incarnation, Optional<String> survivorOf) {
        Life known = lives.get(incarnation);
        if (known != null) {
            return known.status == Status.ADMITTED ? "" : REFUSED;
        }
        lives.put(incarnation, new Life());
        survivorOf.map(lives::get).ifPresent(earlier -> {
            earlier.survived = true;
            Stream.of(earlier.crashed.toArray(String[]::new))
                    .map(jobs::get)
                    .filter(job -> job != null && !job.state.isSettled())
                    .forEach(job -> job.counters = job.counters.survived());
            earlier.crashed.clear();
        });
        return "";
    }

    String leave(String incarnation, Instant now) {
        Life life = lives.computeIfAbsent(incarnation, unknown -> new Life());
        if (life.status == Status.ADMITTED) {
            life.status = Status.LEAVING;
            held(incarnation)
                    .filter(job -> job.state == JobState.ASSIGNED)
                    .toList()
                    .forEach(job -> comeBack(job, job.counters, now));
        }
        buryIfGone(incarnation, life);
        return "";
    }

    String promote(Instant now) {
        List<Job> due = all(job -> job.state == JobState.DELAYED)
                .filter(job -> !job.due.isAfter(now))
                .sorted(Comparator.comparing((Job job) -> job.due).thenComparingLong(job -> job.pushed))
                .toList();
        due.forEach(job -> becomeReady(job, now));
        return Integer.toString(due.size());
    }

    String forget(Duration retention, Instant now) {
        List<String> old = all(job -> job.state.isSettled())
                .filter(job -> !job.settledAt.plus(retention).isAfter(now))
                .map(job -> job.spec.id())
                .toList();
        old.forEach(jobs::remove);
        return Integer.toString(old.size());
    }

    String failUnserved(Set<String> served, Duration longest, Instant now) {
        List<Job> unserved = all(job -> job.state == JobState.READY)
                .filter(job -> !served.contains(job.spec.type()) && !paused.contains(job.spec.queue()))
                .filter(job -> job.readySince.plus(longest).isBefore(now))
                .toList();
        unserved.forEach(job -> end(job, JobState.FAILED, now));
        return Integer.toString(unserved.size());
    }

    void pause(String queue) {
        paused.add(queue);
    }

    void resume(String queue) {
        paused.remove(queue);
    }

    String clear(String queue) {
        List<Job> waiting = all(job -> job.spec.queue().equals(queue))
                .filter(job -> job.state == JobState.READY || job.state == JobState.DELAYED)
                .toList();
        for (Job job : waiting) {
            job.spec.unique().map(UniqueKey::key).ifPresent(key -> free(unique, key, job.spec.id()));
            jobs.remove(job.spec.id());
        }
        return Integer.toString(waiting.size());
    }

    /** Where a job stands; empty if it is not known. */
    Optional<String> describe(String id) {
        return Optional.ofNullable(jobs.get(id))
                .map(job -> job.state + " " + job.counters + " " + Optional.ofNullable(job.holder));
    }

    /** Lives that a store lists. */
    List<String> lives() {
        List<String> listed = new ArrayList<>();
        lives.forEach((name, life) -> {
            long held = held(name).count();
            if (life.status != Status.BURIED || held > 0) {
                listed.add(name + " " + life.status + " " + held);
            }
        });
        return listed;
    }

    private String pushOne(NewJob spec, Instant now) {
        if (jobs.containsKey(spec.id())) {
            return "SameId";
        }
        Hold hold = spec.unique().map(key -> unique.get(key.key())).orElse(null);
        if (hold != null && hold.isValid(now)) {
            return "DuplicateOf " + hold.owner;
        }
        Job job = new Job(spec, ++lastPushed, now);
        jobs.put(spec.id(), job);
        spec.unique()
                .ifPresent(key ->
                        unique.put(key.key(), new Hold(spec.id(), key.heldFor().map(now::plus))));
        if (job.due.isAfter(now)) {
            job.state = JobState.DELAYED;
        } else {
            becomeReady(job, now);
        }
        return "Pushed";
    }

    private Optional<Job> bestOf(String queue, Grant grant, Instant now) {
        boolean hasSuspect = held(grant.incarnation()).anyMatch(job -> job.suspect);
        return all(job -> job.state == JobState.READY)
                .filter(job -> job.spec.queue().equals(queue) && grant.serves(job.spec.type()))
                .filter(job -> !(hasSuspect && job.counters.isSuspect()))
                .filter(job -> job.spec
                        .overlap()
                        .map(key -> overlap.get(key.key()))
                        .filter(hold -> hold.isValid(now))
                        .isEmpty())
                .min(Comparator.comparingInt((Job job) -> -job.spec.priority()).thenComparingLong(job -> job.place));
    }

    private void assign(Job job, Grant grant, Instant now) {
        job.state = JobState.ASSIGNED;
        job.holder = grant.incarnation();
        job.pool = grant.pool();
        job.number++;
        job.assignment = ++lastAssignment;
        job.suspect = job.counters.isSuspect();
        job.spec
                .overlap()
                .ifPresent(key -> overlap.put(
                        key.key(), new Hold(job.attemptName(), key.expireAfter().map(now::plus))));
    }

    private SettleResult settle(Settlement settlement, String incarnation, Instant now) {
        AttemptToken token = settlement.token();
        Job job = jobs.get(token.jobId());
        if (job == null || !job.isCurrent(token) || !token.incarnation().equals(incarnation)) {
            return SettleResult.STALE;
        }
        Settlement.Outcome outcome = settlement.outcome();
        if (outcome instanceof Settlement.Completed) {
            end(job, JobState.COMPLETED, now);
        } else if (outcome instanceof Settlement.Discarded) {
            end(job, JobState.DISCARDED, now);
        } else if (outcome instanceof Settlement.Failed failed) {
            job.counters = job.counters.failed(failed.why());
            end(job, JobState.FAILED, now);
        } else if (outcome instanceof Settlement.Released released) {
            letGo(job);
            job.counters = job.counters.released(released.why());
            job.due = now.plus(released.delay());
            job.state = JobState.DELAYED;
            if (released.delay().isZero()) {
                becomeReady(job, now);
            }
        } else {
            comeBack(job, job.counters.notStarted(), now);
        }
        return SettleResult.ACCEPTED;
    }

    private void becomeReady(Job job, Instant now) {
        job.state = JobState.READY;
        job.place = ++lastPlace;
        job.readySince = now;
    }

    private void comeBack(Job job, Counters counters, Instant now) {
        letGo(job);
        job.counters = counters;
        job.state = JobState.READY;
        job.readySince = now;
    }

    private void end(Job job, JobState end, Instant now) {
        letGo(job);
        job.state = end;
        job.settledAt = now;
        job.spec.unique().map(UniqueKey::key).ifPresent(key -> free(unique, key, job.spec.id()));
    }

    private void letGo(Job job) {
        job.spec.overlap().map(OverlapKey::key).ifPresent(key -> free(overlap, key, job.attemptName()));
        job.holder = null;
        job.pool = null;
        job.suspect = false;
    }

    private static void free(Map<String, Hold> holds, String key, String owner) {
        Hold hold = holds.get(key);
        if (hold != null && hold.owner.equals(owner)) {
            holds.remove(key);
        }
    }

    private void buryIfGone(String incarnation, Life life) {
        if (life.status == Status.LEAVING && held(incarnation).findAny().isEmpty()) {
            life.status = Status.BURIED;
        }
    }

    private Stream<Job> all(Predicate<Job> wanted) {
        return jobs.values().stream().filter(wanted);
    }

    private Stream<Job> held(String incarnation) {
        return all(job -> incarnation.equals(job.holder));
    }

    private long heldBy(Grant grant) {
        return held(grant.incarnation())
                .filter(job -> grant.pool().equals(job.pool))
                .count();
    }

    private Stream<Job> inOrder(Exchange exchange, JobState state) {
        return held(exchange.incarnation())
                .filter(job -> exchange.pool().equals(job.pool) && job.state == state)
                .sorted(Comparator.comparingLong(job -> job.assignment));
    }

    private static final class Life {
        private final Set<String> crashed = new HashSet<>();
        private Status status = Status.ADMITTED;
        private boolean survived;
    }

    private record Hold(String owner, Optional<Instant> endsAt) {
        boolean isValid(Instant now) {
            return endsAt.isEmpty() || endsAt.get().isAfter(now);
        }
    }

    private static final class Job {
        private final NewJob spec;
        private final long pushed;
        private JobState state = JobState.DELAYED;
        private Counters counters = Counters.NONE;
        private Instant due;
        private Instant readySince;
        private Instant settledAt;
        private long place;
        private long number;
        private long assignment;
        private boolean suspect;
        private @Nullable String holder;
        private @Nullable String pool;

        Job(NewJob spec, long pushed, Instant now) {
            this.spec = spec;
            this.pushed = pushed;
            this.due = spec.dueAt().orElse(now);
            this.readySince = now;
            this.settledAt = now;
        }

        boolean isCurrent(AttemptToken token) {
            return state == JobState.RUNNING
                    && number == token.number()
                    && token.incarnation().equals(holder);
        }

        String attemptName() {
            return spec.id() + "#" + number;
        }

        String attempt() {
            return attemptName() + " " + counters;
        }
    }
}
