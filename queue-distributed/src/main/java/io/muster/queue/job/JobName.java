package io.muster.queue.job;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The stable type name of a job class, written into every job's record: choose it once and keep it when the class is renamed or moved.
 * It takes effect where the class is registered; nothing is looked for on the class path. J1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface JobName {
    String value();
}
