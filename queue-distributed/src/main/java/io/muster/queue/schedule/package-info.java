/**
 * Jobs that are pushed at times: begin with {@link io.muster.queue.schedule.Schedules}, which people use, and
 * {@link io.muster.queue.schedule.ScheduleChore}, by which the leader fires.
 *
 * <p>A schedule is one record of the job store ({@link io.muster.queue.store.ScheduleDesk}), which understands nothing of it. {@link
 * io.muster.queue.schedule.Firings} computes from a schedule and the time what is to be pushed and where the schedule stands afterwards; the store does
 * both in one operation, if nobody has written the schedule meanwhile. So a tick fires once, whoever leads. The leader needs no class of any
 * job: the payload was written when the schedule was registered.
 */
@NullMarked
package io.muster.queue.schedule;

import org.jspecify.annotations.NullMarked;
