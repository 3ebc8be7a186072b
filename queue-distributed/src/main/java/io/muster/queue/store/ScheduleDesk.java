package io.muster.queue.store;

import java.util.List;
import java.util.Optional;

/**
 * Keeps schedules beside the jobs. What a schedule says is not the store's to understand: it compares versions and sets documents; who
 * fires computes ticks and jobs. Errors and threads as {@link JobStore} says. S1, S2
 *
 * <p>A version is never used twice. So who got no answer reads the schedule and knows by its version whether its own write was
 * applied.
 */
public interface ScheduleDesk {
    /** All schedules, ordered by name. */
    List<StoredSchedule> list();

    Optional<StoredSchedule> find(String name);

    /**
     * Writes a schedule if the one of its name has the version {@code replaced}, or if there is none and {@code replaced} is empty; answers
     * whether that was so. The leader is hinted ({@link JobStore.LeaderDesk#onReady}) as far as the store can.
     *
     * @throws IllegalArgumentException the document is too large; nothing was written
     */
    boolean put(StoredSchedule schedule, Optional<String> replaced);

    /** Removes the schedule if it has that version; answers whether it had. Jobs it has pushed stay. */
    boolean remove(String name, String version);

    /**
     * For the leader: each firing is one atomic operation that compares the fence as all writes of {@link JobStore.LeaderDesk} do, compares
     * the schedule's version, writes the schedule as it is after the tick, and pushes its jobs as {@link JobStore.Intake#push} does. A job whose id
     * is known or whose unique key is held is not pushed; that does not hinder the firing. Answers one result per firing, in order.
     *
     * @throws StoreFullException there was no room; of the firing that met it nothing was applied, of those before it all
     */
    List<FireResult> fire(Fence fence, List<Firing> firings);
}
