package io.muster.queue.testkit.fake;

import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A job as it was pushed, or as it is to follow one.
 *
 * @param job the object that was given to the queue; of raw pushes and ticks of schedules the {@link NewJob}, of a batch in a chain the
 *     {@link PushedBatch}
 * @param id under which the store has it
 * @param type name of its type
 * @param queue where it went, after all that was said at dispatch, by the job and by its type
 * @param delay how long it was told to wait; zero if nothing was said, or a moment
 * @param dueAt not before this moment; empty if it was ready at once
 * @param priority within its queue
 * @param tags words to find it by
 * @param uniqueKey the key that it holds
 * @param batchId the batch that it is a member of
 * @param chain what follows if it ends well, in order
 * @param caught what follows if it or one of its chain fails
 * @param <T> class of the job
 */
public record PushedJob<T>(
        T job,
        String id,
        String type,
        String queue,
        Duration delay,
        Optional<Instant> dueAt,
        int priority,
        Set<String> tags,
        Optional<String> uniqueKey,
        Optional<String> batchId,
        List<PushedJob<Object>> chain,
        Optional<PushedJob<Object>> caught) {
    public PushedJob {
        tags = Set.copyOf(tags);
        chain = List.copyOf(chain);
    }

    /** The same with its job as one of {@code jobClass}; empty if it is none. */
    <S> Optional<PushedJob<S>> as(Class<S> jobClass) {
        return jobClass.isInstance(job)
                ? Optional.of(new PushedJob<>(
                        jobClass.cast(job),
                        id,
                        type,
                        queue,
                        delay,
                        dueAt,
                        priority,
                        tags,
                        uniqueKey,
                        batchId,
                        chain,
                        caught))
                : Optional.empty();
    }

    /** For people: the job, where it went, what else was said; what follows stands beneath it, a line each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(line());
        chain.forEach(next -> text.append("\n  then ").append(Wording.indented(next)));
        caught.ifPresent(last -> text.append("\n  if one fails ").append(Wording.indented(last)));
        return text.toString();
    }

    private String line() {
        StringBuilder line = new StringBuilder().append(job);
        if (job instanceof PushedBatch) {
            return line.toString();
        }
        line.append(" on \"").append(queue).append('"');
        if (!delay.isZero()) {
            line.append(", delayed by ").append(delay);
        } else {
            dueAt.ifPresent(moment -> line.append(", not before ").append(moment));
        }
        if (priority != 0) {
            line.append(", priority ").append(priority);
        }
        if (!tags.isEmpty()) {
            line.append(", tags ")
                    .append(String.join(" ", tags.stream().sorted().toList()));
        }
        uniqueKey.ifPresent(key -> line.append(", unique as ").append(key));
        return line.toString();
    }
}
