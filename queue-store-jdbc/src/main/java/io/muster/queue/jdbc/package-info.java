/**
 * The store in a SQL database: PostgreSQL, MySQL, MariaDB, H2.
 *
 * <p>{@link io.muster.queue.jdbc.JdbcStore} is what users see. Below it one protocol is written once, in statements that all
 * databases understand; a {@code Dialect} says the rest. {@code Database} opens transactions and knows what an error means,
 * {@code Session} is one transaction. The desks translate the SPI to {@code Pushing}, {@code Assigning}, {@code Settling},
 * {@code Taking}, {@code Burial}, {@code Tending}, {@code Batches} and {@code FollowUps}, which keep the tables in agreement:
 *
 * <ul>
 *   <li>{@code jobs}: one row per job until it is forgotten. {@code ready_lane} is set exactly while the job may be assigned,
 *       {@code aside_key} while it waits for an overlap key, {@code holder} and {@code token} while a pool holds it.
 *   <li>{@code lanes}: queue, type and priority of jobs that are alike, so that what a node may not have is not looked at.
 *   <li>{@code pools}: a pool of an incarnation. What it holds up to {@code taken_upto} runs, what is above is assigned: taking
 *       is one write per round trip, not per job.
 *   <li>{@code incarnations}, {@code crashes}, {@code suspects}, {@code fences}, {@code fence_lines}, {@code uniques},
 *       {@code overlaps}, {@code outbox}, {@code paused}, {@code tallies}, {@code returns}.
 *   <li>{@code batches}, {@code callbacks}: how many of a batch's jobs have ended how, and what is to be pushed then. A job's row names its
 *       batch; whoever ends members changes the batch's row once per transaction.
 * </ul>
 *
 * <p>On PostgreSQL the usual push, assignment and exchange go a short way of their own: {@code PlainPush}, {@code QuickAssign} with its
 * {@code Cursors}, {@code QuickExchange}. Each does all of it or, finding that the case is not the usual one, nothing.
 *
 * <p>Locks are taken in this order: fence, incarnations by name, jobs, pools by id, batches by id, unique keys by name, tallies, returns. So
 * whoever waits for a batch that many end at once has nothing that its holder still needs: who has a batch locked asks for no job, pool or
 * incarnation that another can have, since jobs that are pushed then (follow-ups, callbacks, notices) are new rows. Two do cross
 * that order: the creation of a batch, whose row nobody else knows yet, and a transaction of the application that pushes members
 * and then completes a job; there, and where an id is pushed by two at once, the database finds the deadlock, and who loses is repeated.
 * Jobs are written by statements that
 * compare what was read before; who loses such a race gets no row and is told so.
 */
@NullMarked
package io.muster.queue.jdbc;

import org.jspecify.annotations.NullMarked;
