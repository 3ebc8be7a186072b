package io.muster.queue.middleware;

import io.muster.cluster.Cluster;
import io.muster.queue.job.Invocation;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One attempt's way through its middleware to its handler. Used by one thread, once. */
public final class MiddlewareChain {
    private final List<Middleware> around;
    private final Object job;
    private final Surroundings surroundings;
    private final Innermost handler;
    private boolean begun;
    private boolean held;

    /** What the middleware wraps. */
    @FunctionalInterface
    public interface Innermost {
        void handle() throws Exception;
    }

    /**
     * What an attempt offers to its middleware.
     *
     * @param onHold told if one of them holds the job back
     * @param onRetryAfter told how long to wait before the next try
     */
    public record Surroundings(
            JobContext context,
            Consumer<Duration> onHold,
            Consumer<Duration> onRetryAfter,
            Optional<Cluster> cluster,
            Limits limits) {}

    /**
     * Runs {@code handler} within {@code around}, the first outermost.
     *
     * @throws Exception what the handler or a middleware threw
     */
    public static void run(List<Middleware> around, Object job, Surroundings surroundings, Innermost handler)
            throws Exception {
        new MiddlewareChain(around, job, surroundings, handler).from(0);
    }

    private MiddlewareChain(List<Middleware> around, Object job, Surroundings surroundings, Innermost handler) {
        this.around = around;
        this.job = job;
        this.surroundings = surroundings;
        this.handler = handler;
    }

    private void from(int index) throws Exception {
        if (index < around.size()) {
            around.get(index).handle(new Link(index));
        } else {
            begun = true;
            handler.handle();
        }
    }

    /** The chain as one middleware sees it. */
    private final class Link implements Invocation {
        private final int index;
        private boolean proceeded;

        Link(int index) {
            this.index = index;
        }

        @Override
        public Object job() {
            return job;
        }

        @Override
        public JobContext context() {
            return surroundings.context();
        }

        @Override
        public void proceed() throws Exception {
            if (proceeded) {
                throw new IllegalStateException("This job has proceeded already; its handler runs once per attempt");
            }
            if (held) {
                throw new IllegalStateException("This job is held back; it cannot proceed as well");
            }
            proceeded = true;
            from(index + 1);
        }

        @Override
        public void hold(Duration delay) {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("A job cannot be held until the past: " + delay);
            }
            if (begun) {
                throw new IllegalStateException(
                        "This job's handler has begun, so it cannot be held back; release it by its context");
            }
            held = true;
            surroundings.onHold().accept(delay);
        }

        @Override
        public boolean begun() {
            return begun;
        }

        @Override
        public void retryAfter(Duration delay) {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("A retry cannot be in the past: " + delay);
            }
            surroundings.onRetryAfter().accept(delay);
        }

        @Override
        public Limits limits() {
            return surroundings.limits();
        }

        @Override
        public Optional<Cluster> cluster() {
            return surroundings.cluster();
        }
    }
}
