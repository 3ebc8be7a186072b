package io.muster.queue.job;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Exceptions, subclasses included, on which a job is discarded quietly instead of being retried or failed; with
 * {@link MissingRefException} that is a job whose data is gone. Judged by the exception thrown, not by its causes. J10
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface DiscardOn {
    Class<? extends Throwable>[] value();
}
