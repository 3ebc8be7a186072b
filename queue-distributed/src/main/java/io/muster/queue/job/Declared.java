package io.muster.queue.job;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a job class says by annotations, and whether it can be a job at all. */
final class Declared {
    private Declared() {}

    /**
     * The type name of a class.
     *
     * @throws IllegalArgumentException it has none
     */
    static String name(Class<?> jobClass) {
        return Optional.ofNullable(jobClass.getAnnotation(JobName.class))
                .map(JobName::value)
                .orElseThrow(() -> new IllegalArgumentException("Job class " + jobClass.getName()
                        + " has no type name; annotate it with @JobName or register it with a name"));
    }

    static boolean hasName(Class<?> jobClass) {
        return jobClass.isAnnotationPresent(JobName.class);
    }

    /** @throws IllegalArgumentException the class cannot be written and read, or is annotated with another name */
    static void check(String name, Class<?> jobClass) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("Job class " + jobClass.getName() + " needs a type name");
        }
        if (hasName(jobClass) && !name(jobClass).equals(name)) {
            throw new IllegalArgumentException("Job class " + jobClass.getName() + " is registered as \"" + name
                    + "\", but its @JobName says \"" + name(jobClass) + "\"");
        }
        boolean inner = jobClass.getEnclosingClass() != null && !Modifier.isStatic(jobClass.getModifiers());
        if (jobClass.isAnonymousClass() || jobClass.isHidden() || (inner && !jobClass.isInterface())) {
            throw new IllegalArgumentException("Job class " + jobClass.getName()
                    + " carries its surroundings with it; make it a record or a static class");
        }
        if (jobClass.isInterface() || jobClass.isPrimitive() || Modifier.isAbstract(jobClass.getModifiers())) {
            throw new IllegalArgumentException("Job class " + jobClass.getName()
                    + " cannot be read from a payload: it is no record and no class of which there are objects");
        }
    }

    /** @throws IllegalArgumentException no object of the class can be made without a factory */
    static void checkConstructor(Class<?> handler) {
        boolean fits = Stream.of(handler.getDeclaredConstructors()).anyMatch(each -> each.getParameterCount() == 0);
        if (!fits || Modifier.isAbstract(handler.getModifiers())) {
            throw new IllegalArgumentException("Handler " + handler.getName()
                    + " cannot be made: it needs a constructor without parameters, or the queue a factory");
        }
    }

    /** The class's {@link JobDefaults} as options. */
    static JobOptions options(Class<?> jobClass) {
        JobDefaults says = jobClass.getAnnotation(JobDefaults.class);
        JobOptions own = says == null ? JobOptions.DEFAULT : new Reading(jobClass, JobOptions.DEFAULT).read(says);
        return Encrypted.class.isAssignableFrom(jobClass) ? own.withEncryption() : own;
    }

    /** The class's {@link DiscardOn}. */
    static Set<Class<? extends Throwable>> discardOn(Class<?> jobClass) {
        DiscardOn says = jobClass.getAnnotation(DiscardOn.class);
        return says == null ? Set.of() : Set.of(says.value());
    }

    /** Options as far as they are read. */
    private record Reading(Class<?> jobClass, JobOptions options) {
        JobOptions read(JobDefaults says) {
            return one("connection", says.connection(), JobOptions::withConnection)
                    .one("queue", says.queue(), JobOptions::withQueue)
                    .one("delay", durations("delay", says.delay()), JobOptions::withDelay)
                    .one("tries", boxed(says.tries()), JobOptions::withTries)
                    .one("timeout", durations("timeout", says.timeout()), JobOptions::withTimeout)
                    .all(durations("backoff", says.backoff()), JobOptions::withBackoff)
                    .one("retryFor", durations("retryFor", says.retryFor()), JobOptions::withRetryFor)
                    .one("maxExceptions", boxed(says.maxExceptions()), JobOptions::withMaxExceptions)
                    .one("onTimeout", says.onTimeout(), JobOptions::withOnTimeout)
                    .one("maxCrashes", boxed(says.maxCrashes()), JobOptions::withMaxCrashes)
                    .one("priority", boxed(says.priority()), JobOptions::withPriority)
                    .all(says.tags(), JobOptions::withTags)
                    .one("unique", boxed(says.unique()), Reading::unique)
                    .one("uniqueFor", durations("uniqueFor", says.uniqueFor()), JobOptions::withUniqueFor)
                    .one("afterCommit", boxed(says.afterCommit()), Reading::afterCommit)
                    .one("encrypted", boxed(says.encrypted()), Reading::encrypted)
                    .one("uniqueUntil", says.uniqueUntil(), JobOptions::withUniqueUntil)
                    .one("uniqueVia", says.uniqueVia(), JobOptions::withUniqueVia)
                    .options();
        }

        private <T> Reading one(String name, T[] values, BiFunction<JobOptions, T, JobOptions> with) {
            if (values.length > 1) {
                throw wrong(name + " has one value, not " + values.length, null);
            }
            return values.length == 0 ? this : changed(with, values[0]);
        }

        private <T> Reading all(T[] values, BiFunction<JobOptions, T[], JobOptions> with) {
            return values.length == 0 ? this : changed(with, values);
        }

        private <T> Reading changed(BiFunction<JobOptions, T, JobOptions> with, T value) {
            try {
                return new Reading(jobClass, with.apply(options, value));
            } catch (IllegalArgumentException e) {
                throw wrong(String.valueOf(e.getMessage()), e);
            }
        }

        private Duration[] durations(String name, String[] texts) {
            return Stream.of(texts).map(text -> duration(name, text)).toArray(Duration[]::new);
        }

        private Duration duration(String name, String text) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw wrong(name + " is a duration such as PT90S, not \"" + text + "\"", e);
            }
        }

        private static Integer[] boxed(int[] values) {
            Integer[] boxed = new Integer[values.length];
            for (int i = 0; i < values.length; i++) {
                boxed[i] = values[i];
            }
            return boxed;
        }

        private static Boolean[] boxed(boolean[] values) {
            Boolean[] boxed = new Boolean[values.length];
            for (int i = 0; i < values.length; i++) {
                boxed[i] = values[i];
            }
            return boxed;
        }

        private static JobOptions unique(JobOptions options, boolean unique) {
            return unique ? options.withUnique() : options.withoutUnique();
        }

        private static JobOptions afterCommit(JobOptions options, boolean after) {
            return after ? options.withAfterCommit() : options.withBeforeCommit();
        }

        private static JobOptions encrypted(JobOptions options, boolean encrypted) {
            return encrypted ? options.withEncryption() : options;
        }

        private IllegalArgumentException wrong(String what, @Nullable Throwable cause) {
            return new IllegalArgumentException("@JobDefaults of " + jobClass.getName() + ": " + what, cause);
        }
    }
}
