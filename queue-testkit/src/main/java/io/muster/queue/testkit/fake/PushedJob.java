package io.muster.queue.testkit.fake;

import io.muster.queue.Outgoing;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A job as it was pushed.
 *
 * @param job the object that was given to the queue; of raw pushes and ticks of schedules the {@link NewJob}
 * @param id under which the store has it
 * @param type name of its type
 * @param queue where it went, after all that was said at dispatch, by the job and by its type
 * @param delay how long it was told to wait; zero if nothing was said, or a moment
 * @param dueAt not before this moment; empty if it was ready at once
 * @param priority within its queue
 * @param tags words to find it by
 * @param uniqueKey the key that it holds
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
        Optional<String> uniqueKey) {
    static PushedJob<Object> of(Outgoing said, NewJob pushed) {
        return new PushedJob<>(
                said.job(),
                pushed.id(),
                pushed.type(),
                pushed.queue(),
                said.dueAt().isPresent()
                        ? Duration.ZERO
                        : said.options().delay().orElse(Duration.ZERO),
                pushed.dueAt(),
                pushed.priority(),
                said.options().tags().orElse(Set.of()),
                pushed.unique().map(UniqueKey::key));
    }

    static PushedJob<Object> raw(NewJob pushed) {
        return new PushedJob<>(
                pushed,
                pushed.id(),
                pushed.type(),
                pushed.queue(),
                Duration.ZERO,
                pushed.dueAt(),
                pushed.priority(),
                Set.of(),
                pushed.unique().map(UniqueKey::key));
    }

    /** The same with its job as one of {@code jobClass}; empty if it is none. */
    <S> Optional<PushedJob<S>> as(Class<S> jobClass) {
        return jobClass.isInstance(job)
                ? Optional.of(
                        new PushedJob<>(jobClass.cast(job), id, type, queue, delay, dueAt, priority, tags, uniqueKey))
                : Optional.empty();
    }

    /** One line for people: the job, where it went, and what else was said. */
    @Override
    public String toString() {
        StringBuilder line =
                new StringBuilder().append(job).append(" on \"").append(queue).append('"');
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
