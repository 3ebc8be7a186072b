package io.muster.queue.job;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The job types that this process registered, and for those it works on, their handlers. A payload never chooses a class: its type name
 * is looked up here or it is not read. Immutable and thread-safe.
 */
public final class JobTypes {
    private final Map<String, JobType<?>> byName;
    private final Map<Class<?>, JobType<?>> byClass;
    private final Map<String, Handler<?>> handlers;

    private JobTypes(Builder builder) {
        this.byName = Map.copyOf(builder.byName);
        this.byClass = Map.copyOf(builder.byClass);
        this.handlers = Map.copyOf(builder.handlers);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The type of a job object, by its class. */
    public JobType<?> of(Object job) {
        JobType<?> type = byClass.get(job.getClass());
        if (type == null) {
            throw new PayloadException("Job class " + job.getClass().getName()
                    + " is not registered; register it with a type name before pushing it");
        }
        return type;
    }

    public Optional<JobType<?>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The handler registered for a type. */
    public Optional<Handler<?>> handler(String name) {
        return Optional.ofNullable(handlers.get(name));
    }

    /** Names of the types that have a handler here. */
    public Set<String> handled() {
        return handlers.keySet();
    }

    /** Collects registrations; refuses two for one name or class. Not thread-safe. */
    public static final class Builder {
        private final Map<String, JobType<?>> byName = new LinkedHashMap<>();
        private final Map<Class<?>, JobType<?>> byClass = new HashMap<>();
        private final Map<String, Handler<?>> handlers = new HashMap<>();

        private Builder() {}

        /** A type that this process pushes. */
        public <T> Builder register(JobType<T> type) {
            if (byName.putIfAbsent(type.name(), type) != null) {
                throw new IllegalArgumentException("Job type \"" + type.name() + "\" is registered twice");
            }
            if (byClass.putIfAbsent(type.jobClass(), type) != null) {
                throw new IllegalArgumentException(
                        "Job class " + type.jobClass().getName() + " is registered twice");
            }
            return this;
        }

        /** A type that this process pushes and works on. */
        public <T> Builder register(JobType<T> type, Handler<? super T> handler) {
            register(type);
            handlers.put(type.name(), handler);
            return this;
        }

        public JobTypes build() {
            return new JobTypes(this);
        }
    }
}
