package io.muster.queue.node;

import java.time.Instant;

/**
 * That the whole cluster is in maintenance: no pool begins a job but those with {@code force}; pushes are still accepted. K6
 *
 * @param by who said so
 * @param reason why, as far as that was said; may be empty
 * @param since when it was said, by the wall clock of who said it
 */
public record Maintenance(String by, String reason, Instant since) {}
