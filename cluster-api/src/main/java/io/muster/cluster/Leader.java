package io.muster.cluster;

/**
 * Who leads a group.
 *
 * @param term number of the term
 */
public record Leader(String group, NodeId node, long term) {}
