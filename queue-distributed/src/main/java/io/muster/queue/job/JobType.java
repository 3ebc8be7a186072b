package io.muster.queue.job;

import java.util.Set;
import java.util.function.Predicate;

/**
 * A kind of job that this process knows.
 *
 * @param name stable name, written into every payload's record; choose it once and keep it when the class is renamed
 * @param jobClass what payloads of this type are read as
 * @param options of all jobs of this type
 * @param discardOn exceptions on which jobs of this type are discarded quietly (J10)
 * @param <T> the job's class
 */
public record JobType<T>(
        String name, Class<T> jobClass, JobOptions options, Set<Class<? extends Throwable>> discardOn) {
    public JobType {
        Declared.check(name, jobClass);
        discardOn = Set.copyOf(discardOn);
    }

    /** A type with these options; what they leave out and what it is discarded on, the class's annotations say. */
    public JobType(String name, Class<T> jobClass, JobOptions options) {
        this(name, jobClass, options.or(Declared.options(jobClass)), Declared.discardOn(jobClass));
    }

    /** A type as the class's annotations say. */
    public static <T> JobType<T> of(String name, Class<T> jobClass) {
        return new JobType<>(name, jobClass, JobOptions.DEFAULT);
    }

    /**
     * As {@link #of(String, Class)}, named by {@link JobName}.
     *
     * @throws IllegalArgumentException the class has no {@code @JobName}
     */
    public static <T> JobType<T> of(Class<T> jobClass) {
        return of(Declared.name(jobClass), jobClass);
    }

    /** What jobs of a class without a type are discarded on. */
    public static Predicate<Throwable> discardedBy(Class<?> jobClass) {
        Set<Class<? extends Throwable>> types = Declared.discardOn(jobClass);
        return cause -> types.stream().anyMatch(type -> type.isInstance(cause));
    }

    /** Whether a job of this type that threw {@code cause} is discarded quietly. */
    public boolean discards(Throwable cause) {
        return discardOn.stream().anyMatch(type -> type.isInstance(cause));
    }
}
