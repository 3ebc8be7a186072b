package io.muster.queue.store;

/**
 * A job to be pushed to another queue, slot or connection by the leader; its id makes relaying idempotent.
 *
 * @param id unique, plain characters; deterministic, so that a repeated settlement writes the same entry
 * @param connection name of the target connection
 */
public record OutboxEntry(String id, String connection, NewJob job) {}
