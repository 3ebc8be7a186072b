package io.muster.queue.job;

import io.muster.queue.store.UniqueKey;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Options of all jobs of a class; what is left out stays unsaid. Durations are written as {@code PT90S} or {@code P1DT2H}. Each single
 * value is given as in {@code tries = 3}; more than one is refused when the class is registered, as is a value that
 * {@link JobOptions} refuses. A value that the job computes or that is given at dispatch beats it ({@link Precedence}). J2
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface JobDefaults {
    String[] connection() default {};

    String[] queue() default {};

    /** From dispatch to when it may run. */
    String[] delay() default {};

    /** 0 is without limit. */
    int[] tries() default {};

    String[] timeout() default {};

    /** The n-th wait follows the n-th failure, the last repeats. */
    String[] backoff() default {};

    /** From dispatch to {@link JobOptions#withRetryUntil}. */
    String[] retryFor() default {};

    int[] maxExceptions() default {};

    JobOptions.OnTimeout[] onTimeout() default {};

    int[] maxCrashes() default {};

    int[] priority() default {};

    /** Any number. */
    String[] tags() default {};

    /** {@code true}: at most one live job of the type, or of the type and the id that {@link JobOptions#withUnique(String)} says. J5 */
    boolean[] unique() default {};

    /** From dispatch to the end of a unique job's key, should the job still live. */
    String[] uniqueFor() default {};

    UniqueKey.Until[] uniqueUntil() default {};

    /** Name of the coordinator that keeps a unique job's key, see {@link JobOptions#withUniqueVia}. J5 */
    String[] uniqueVia() default {};

    /** Whether it waits for the commit of transactions that are open where it is dispatched. J4 */
    boolean[] afterCommit() default {};

    /** {@code true}: as {@link Encrypted}. J6 */
    boolean[] encrypted() default {};
}
