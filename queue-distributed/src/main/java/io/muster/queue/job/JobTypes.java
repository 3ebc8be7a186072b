package io.muster.queue.job;

import io.muster.queue.encryption.EncryptionKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The job types that this process registered, for those it works on their handlers, and what these are supplied with. A payload never
 * chooses a class: its type name is looked up here or it is not read. Immutable and thread-safe.
 */
public final class JobTypes {
    private static final Handler<Job> ITSELF = Job::handle;

    private final Map<String, JobType<?>> byName;

    private final Map<Class<?>, JobType<?>> byClass;
    private final Map<String, Function<HandlerFactory, Handler<?>>> handlers;
    private final JobSupplies supplies;
    private final EncryptionKeys keys;

    private JobTypes(Builder builder) {
        this.byName = Map.copyOf(builder.byName);
        this.byClass = Map.copyOf(builder.byClass);
        this.handlers = Map.copyOf(builder.handlers);
        this.supplies = builder.supplies;
        this.keys = builder.keys;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The type of a job object, by its class. */
    public JobType<?> of(Object job) {
        return find(job)
                .orElseThrow(
                        () -> new PayloadException("Job class " + job.getClass().getName()
                                + " is not registered; register it with a type name before pushing it"));
    }

    /** As {@link #of}; empty if its class is not registered. */
    public Optional<JobType<?>> find(Object job) {
        return Optional.ofNullable(byClass.get(job.getClass()));
    }

    /**
     * Whether a job goes into a queue. One that handles itself and has no type name at all does not: it runs at once in its caller.
     * Whatever has a name but is not registered was forgotten, and {@link #of} says so. J3
     */
    public boolean isQueueable(Object job) {
        return find(job).isPresent() || !(job instanceof Job) || Declared.hasName(job.getClass());
    }

    public Optional<JobType<?>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The handler for one attempt of a type; made by the factory if it was registered by its class.
     *
     * @throws PayloadException it has none here
     */
    // The handler and the type were registered together.
    @SuppressWarnings("unchecked")
    public <T> Handler<T> handler(JobType<T> type) {
        Function<HandlerFactory, Handler<?>> handler = handlers.get(type.name());
        if (handler == null) {
            throw new PayloadException("Job type \"" + type.name() + "\" has no handler here");
        }
        return (Handler<T>) handler.apply(supplies.factory());
    }

    /** Names of the types that have a handler here. */
    public Set<String> handled() {
        return handlers.keySet();
    }

    /** What handlers are supplied with. */
    public JobSupplies supplies() {
        return supplies;
    }

    /** What encrypts and decrypts jobs here. J6 */
    public EncryptionKeys keys() {
        return keys;
    }

    /** The handler of jobs that handle themselves. */
    public static Handler<Job> itself() {
        return ITSELF;
    }

    /** Collects registrations; refuses two for one name or class. Not thread-safe. */
    public static final class Builder {
        private final Map<String, JobType<?>> byName = new LinkedHashMap<>();
        private final Map<Class<?>, JobType<?>> byClass = new HashMap<>();
        private final Map<String, Function<HandlerFactory, Handler<?>>> handlers = new HashMap<>();
        private final List<Class<?>> made = new ArrayList<>();
        private JobSupplies supplies = JobSupplies.NONE;
        private EncryptionKeys keys = EncryptionKeys.NONE;

        private Builder() {}

        /** A type that this process pushes. */
        public <T> Builder register(JobType<T> type) {
            JobType<?> sameName = byName.putIfAbsent(type.name(), type);
            if (sameName != null) {
                throw new IllegalArgumentException("Job type \"" + type.name() + "\" is registered twice, for "
                        + sameName.jobClass().getName() + " and "
                        + type.jobClass().getName()
                        + "; a type has one class and one handler: leave one out, or name it otherwise");
            }
            JobType<?> sameClass = byClass.putIfAbsent(type.jobClass(), type);
            if (sameClass != null) {
                throw new IllegalArgumentException(
                        "Job class " + type.jobClass().getName()
                                + " is registered twice, as \"" + sameClass.name() + "\" and as \"" + type.name()
                                + "\"; a class has one type and one handler: leave one out");
            }
            return this;
        }

        /** A type that this process pushes and works on. A job's own {@link Job#handle} is not called then. */
        public <T> Builder register(JobType<T> type, Handler<? super T> handler) {
            register(type);
            handlers.put(type.name(), factory -> handler);
            return this;
        }

        /** As {@link #register(JobType, Handler)}, with a handler made by the factory for each attempt. */
        public <T> Builder register(JobType<T> type, Class<? extends Handler<? super T>> handler) {
            register(type);
            handlers.put(type.name(), factory -> factory.get(handler));
            made.add(handler);
            return this;
        }

        /** A type whose jobs handle themselves. */
        public <T extends Job> Builder registerItself(JobType<T> type) {
            return register(type, ITSELF);
        }

        /** What handlers are supplied with. */
        public Builder supplies(JobSupplies given) {
            supplies = given;
            return this;
        }

        /** What encrypts and decrypts jobs. J6 */
        public Builder keys(EncryptionKeys given) {
            keys = given;
            return this;
        }

        /** @throws IllegalArgumentException a handler class needs a factory, and there is none */
        public JobTypes build() {
            if (supplies.factory().equals(HandlerFactory.CONSTRUCTOR)) {
                made.forEach(Declared::checkConstructor);
            }
            return new JobTypes(this);
        }
    }
}
