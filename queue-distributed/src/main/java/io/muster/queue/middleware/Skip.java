package io.muster.queue.middleware;

import io.muster.queue.job.Invocation;
import io.muster.queue.job.Middleware;
import java.util.function.BooleanSupplier;

/** Drops a job quietly instead of running it. M5 */
public final class Skip implements Middleware {
    private final BooleanSupplier skips;

    private Skip(BooleanSupplier skips) {
        this.skips = skips;
    }

    /** Drops the job if {@code condition} holds when it is about to run. */
    public static Skip when(BooleanSupplier condition) {
        return new Skip(condition);
    }

    /** As {@link #when(BooleanSupplier)}, with a condition known already. */
    public static Skip when(boolean condition) {
        return new Skip(() -> condition);
    }

    /** Drops the job unless {@code condition} holds when it is about to run. */
    public static Skip unless(BooleanSupplier condition) {
        return new Skip(() -> !condition.getAsBoolean());
    }

    /** As {@link #unless(BooleanSupplier)}, with a condition known already. */
    public static Skip unless(boolean condition) {
        return new Skip(() -> !condition);
    }

    @Override
    public void handle(Invocation invocation) throws Exception {
        if (skips.getAsBoolean()) {
            invocation.context().delete("skipped");
        } else {
            invocation.proceed();
        }
    }
}
