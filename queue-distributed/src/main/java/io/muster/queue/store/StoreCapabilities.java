package io.muster.queue.store;

import java.time.Duration;

/**
 * Numbers in which stores differ.
 *
 * @param store name for people: memory, cluster, redis, postgresql …
 * @param mostPayloadBytes size of one job's payload
 * @param mostPushBatch jobs per push that are applied all or nothing
 * @param remembersIdsFor how long a settled job's id is remembered at least, unless the leader's retention is shorter
 * @param durability what survives which crash, one sentence for people
 */
public record StoreCapabilities(
        String store, int mostPayloadBytes, int mostPushBatch, Duration remembersIdsFor, String durability) {}
