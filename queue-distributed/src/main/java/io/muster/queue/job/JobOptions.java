package io.muster.queue.job;

import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody says of how a job is run and retried; what is not said is left to others ({@link Precedence}), at last to the
 * defaults. Immutable. J2
 */
public final class JobOptions {
    /** Nothing said. */
    public static final JobOptions DEFAULT = new JobOptions(new EnumMap<>(Option.class));

    private static final int MOST_PRIORITY = 1000;

    private final Map<Option, Object> said;

    /** What a timeout does. */
    public enum OnTimeout {
        RETRY,
        FAIL
    }

    private enum Option {
        CONNECTION,
        QUEUE,
        DELAY,
        TRIES,
        TIMEOUT,
        BACKOFF,
        RETRY_UNTIL,
        RETRY_FOR,
        MAX_EXCEPTIONS,
        ON_TIMEOUT,
        MAX_CRASHES,
        PRIORITY,
        TAGS,
        UNIQUE,
        UNIQUE_FOR,
        UNIQUE_UNTIL,
        UNIQUE_VIA,
        ENCRYPTED,
        AFTER_COMMIT
    }

    private JobOptions(Map<Option, Object> said) {
        this.said = said;
    }

    /** These, and of what they leave out what {@code others} say. */
    public JobOptions or(JobOptions others) {
        if (said.isEmpty()) {
            return others;
        }
        if (others.said.isEmpty()) {
            return this;
        }
        Map<Option, Object> both = new EnumMap<>(others.said);
        if (said.containsKey(Option.RETRY_UNTIL) || said.containsKey(Option.RETRY_FOR)) {
            both.remove(Option.RETRY_UNTIL);
            both.remove(Option.RETRY_FOR);
        }
        both.putAll(said);
        return new JobOptions(both);
    }

    /** The connection that it is pushed to. */
    public JobOptions withConnection(String changed) {
        return with(Option.CONNECTION, changed, !changed.isBlank(), "connection must have a name");
    }

    /** The queue that it is pushed to; {@code default} unless said. */
    public JobOptions withQueue(String changed) {
        return with(Option.QUEUE, changed, !changed.isBlank(), "queue must have a name");
    }

    /** How long after dispatch it may run; zero is at once, which is the default. */
    public JobOptions withDelay(Duration changed) {
        return with(Option.DELAY, changed, !changed.isNegative(), "delay must not be negative: " + changed);
    }

    /** Handler starts before it fails, 1 by default; 0 is without limit. */
    public JobOptions withTries(int changed) {
        return with(Option.TRIES, changed, changed >= 0, "tries must be 0 (without limit) or more, not " + changed);
    }

    /** Longest run of one attempt, middleware included; 60 s by default. */
    public JobOptions withTimeout(Duration changed) {
        boolean positive = !changed.isNegative() && !changed.isZero();
        return with(Option.TIMEOUT, changed, positive, "timeout must be positive, not " + changed);
    }

    /** Wait before the next try: the n-th after the n-th failure, the last one repeats; none by default. */
    public JobOptions withBackoff(Duration... changed) {
        return withBackoff(List.of(changed));
    }

    /** As {@link #withBackoff(Duration...)}. */
    public JobOptions withBackoff(List<Duration> changed) {
        boolean valid = changed.stream().noneMatch(Duration::isNegative);
        return with(Option.BACKOFF, List.copyOf(changed), valid, "backoff must not be negative: " + changed);
    }

    /** Replaces tries: retried until this moment. */
    public JobOptions withRetryUntil(Instant changed) {
        return without(Option.RETRY_FOR).with(Option.RETRY_UNTIL, changed, true, "");
    }

    /** Replaces tries: retried until so long after dispatch. */
    public JobOptions withRetryFor(Duration changed) {
        boolean valid = !changed.isNegative();
        return without(Option.RETRY_UNTIL)
                .with(Option.RETRY_FOR, changed, valid, "retryFor must not be negative: " + changed);
    }

    /** Thrown exceptions before it fails, however many tries are left; no limit by default. */
    public JobOptions withMaxExceptions(int changed) {
        return with(Option.MAX_EXCEPTIONS, changed, changed >= 1, "maxExceptions must be at least 1, not " + changed);
    }

    /** Whether a timeout is retried like an exception, as by default, or fails the job. */
    public JobOptions withOnTimeout(OnTimeout changed) {
        return with(Option.ON_TIMEOUT, changed, true, "");
    }

    /** Crashes as a suspect before it fails, 3 by default. J12 */
    public JobOptions withMaxCrashes(int changed) {
        return with(Option.MAX_CRASHES, changed, changed >= 1, "maxCrashes must be at least 1, not " + changed);
    }

    /** Higher goes first within its queue; 0 by default. */
    public JobOptions withPriority(int changed) {
        boolean valid = Math.abs(changed) <= MOST_PRIORITY;
        return with(Option.PRIORITY, changed, valid, "priority must be between -1000 and 1000, not " + changed);
    }

    /** Words to find it by; replaces those said before. */
    public JobOptions withTags(String... changed) {
        Set<String> tags = new LinkedHashSet<>(List.of(changed));
        return with(Option.TAGS, Set.copyOf(tags), tags.stream().noneMatch(String::isBlank), "a tag must not be blank");
    }

    /** It is pushed when all transactions have committed that are open on the dispatching thread, and dropped on a rollback. J4 */
    public JobOptions withAfterCommit() {
        return with(Option.AFTER_COMMIT, true, true, "");
    }

    /** It is pushed at once, whatever transactions are open, as by default. J4 */
    public JobOptions withBeforeCommit() {
        return with(Option.AFTER_COMMIT, false, true, "");
    }

    /** Its data is encrypted wherever it is kept; nobody can say that it is not. J6 */
    public JobOptions withEncryption() {
        return with(Option.ENCRYPTED, true, true, "");
    }

    /** Unique by its type alone: at most one live job of its type; not unique by default. J5 */
    public JobOptions withUnique() {
        return with(Option.UNIQUE, Uniqueness.BY_TYPE, true, "");
    }

    /** Unique: at most one live job of its type with this id. J5 */
    public JobOptions withUnique(String id) {
        return with(Option.UNIQUE, new Uniqueness(Optional.of(id)), !id.isBlank(), "a unique id must not be blank");
    }

    /** Not unique, whatever others say. J5 */
    public JobOptions withoutUnique() {
        return with(Option.UNIQUE, Uniqueness.NONE, true, "");
    }

    /** How long after dispatch a unique job's key is held at most, even if the job still waits or runs; as long as it lives by default. J5 */
    public JobOptions withUniqueFor(Duration changed) {
        boolean positive = !changed.isNegative() && !changed.isZero();
        return with(Option.UNIQUE_FOR, changed, positive, "uniqueFor must be positive, not " + changed);
    }

    /** Whether a unique job's key is held until its end, as by default, or until its handler's first start. J5 */
    public JobOptions withUniqueUntil(UniqueKey.Until changed) {
        return with(Option.UNIQUE_UNTIL, changed, true, "");
    }

    /**
     * The coordinator that keeps a unique job's key instead of the job store: the name given to {@link
     * io.muster.queue.QueueBuilder#uniqueVia}, or {@link io.muster.queue.unique.UniqueLeases#OWN} for the queue's own. J5
     */
    public JobOptions withUniqueVia(String changed) {
        return with(Option.UNIQUE_VIA, changed, !changed.isBlank(), "uniqueVia must name a coordinator");
    }

    public Optional<String> connection() {
        return said(Option.CONNECTION);
    }

    public Optional<String> queue() {
        return said(Option.QUEUE);
    }

    public Optional<Duration> delay() {
        return said(Option.DELAY);
    }

    public Optional<Integer> tries() {
        return said(Option.TRIES);
    }

    public Optional<Duration> timeout() {
        return said(Option.TIMEOUT);
    }

    public Optional<List<Duration>> backoff() {
        return said(Option.BACKOFF);
    }

    public Optional<Instant> retryUntil() {
        return said(Option.RETRY_UNTIL);
    }

    public Optional<Duration> retryFor() {
        return said(Option.RETRY_FOR);
    }

    public Optional<Integer> maxExceptions() {
        return said(Option.MAX_EXCEPTIONS);
    }

    public Optional<OnTimeout> onTimeout() {
        return said(Option.ON_TIMEOUT);
    }

    public Optional<Integer> maxCrashes() {
        return said(Option.MAX_CRASHES);
    }

    public Optional<Integer> priority() {
        return said(Option.PRIORITY);
    }

    public Optional<Set<String>> tags() {
        return said(Option.TAGS);
    }

    /** What it is unique by; empty if nobody says. */
    public Optional<Uniqueness> unique() {
        return said(Option.UNIQUE);
    }

    public Optional<Duration> uniqueFor() {
        return said(Option.UNIQUE_FOR);
    }

    public Optional<UniqueKey.Until> uniqueUntil() {
        return said(Option.UNIQUE_UNTIL);
    }

    public Optional<String> uniqueVia() {
        return said(Option.UNIQUE_VIA);
    }

    public Optional<Boolean> afterCommit() {
        return said(Option.AFTER_COMMIT);
    }

    public boolean isEncrypted() {
        return said.containsKey(Option.ENCRYPTED);
    }

    /** With retry-for turned into the moment it ends, for a job that is dispatched now. */
    public JobOptions dispatchedAt(Instant now) {
        return retryFor().map(wait -> withRetryUntil(now.plus(wait))).orElse(this);
    }

    private JobOptions with(Option option, Object value, boolean valid, String otherwise) {
        if (!valid) {
            throw new IllegalArgumentException(otherwise);
        }
        Map<Option, Object> changed = new EnumMap<>(said);
        changed.put(option, value);
        return new JobOptions(changed);
    }

    private JobOptions without(Option option) {
        Map<Option, Object> changed = new EnumMap<>(said);
        changed.remove(option);
        return new JobOptions(changed);
    }

    // Each option is only put in by its own with-method, which takes what its accessor returns.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> Optional<T> said(Option option) {
        return Optional.ofNullable((T) said.get(option));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JobOptions options && said.equals(options.said);
    }

    @Override
    public int hashCode() {
        return said.hashCode();
    }

    @Override
    public String toString() {
        return "JobOptions" + said;
    }
}
