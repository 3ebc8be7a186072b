package io.muster.queue.store;

import java.util.List;

/**
 * What a leader wants to happen at a schedule's tick.
 *
 * @param expected the version of the schedule from which the tick was computed: another one fires nothing
 * @param next the schedule after the tick, of the same name
 * @param jobs what is pushed, at most {@link StoreCapabilities#mostPushBatch()} jobs; their ids name schedule and tick
 */
public record Firing(String expected, StoredSchedule next, List<NewJob> jobs) {
    public Firing {
        jobs = List.copyOf(jobs);
    }
}
