package io.muster.queue.store;

/**
 * What a burial took back in this call.
 *
 * @param untaken jobs that were assigned and are ready again
 * @param crashed jobs that were running and are ready again, as suspects
 * @param failed suspects that have used up their crashes
 * @param done whether nothing is left under the incarnation
 */
public record BuryReport(int untaken, int crashed, int failed, boolean done) {}
