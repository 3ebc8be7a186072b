package io.muster.queue.job;

/**
 * A job class whose jobs are encrypted wherever they are kept, as by {@code @JobDefaults(encrypted = true)}: their data, not their type, queue, tags
 * and keys. A payload of it that is not encrypted is refused: let the queue run empty before a class becomes one. J6
 */
public interface Encrypted {}
