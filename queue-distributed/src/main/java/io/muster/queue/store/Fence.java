package io.muster.queue.store;

/**
 * What entitles a leader to write. A group's first fence is accepted as it is. The store keeps, per group, the highest fence it has seen together with a generation, which
 * only an operator's word raises (C11): a fence of another identity than the record's is foreign until then.
 *
 * @param group distribution group
 * @param identity names the coordinator's line of terms
 * @param term grows within a line of terms
 */
public record Fence(String group, String identity, long term) {}
