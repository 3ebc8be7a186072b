/**
 * The store in a SQL database: PostgreSQL, MySQL, MariaDB, H2.
 *
 * <p>{@link io.muster.queue.jdbc.JdbcStore} is what users see. Below it one protocol is written once, in statements that all
 * databases understand; a {@code Dialect} says the rest. {@code Database} opens transactions and knows what an error means,
 * {@code Session} is one transaction. The desks translate the SPI to {@code Pushing}, {@code Assigning}, {@code Settling},
 * {@code Taking}, {@code Burial} and {@code Tending}, which keep the tables in agreement:
 *
 * <ul>
 *   <li>{@code jobs}: one row per job until it is forgotten. {@code ready_lane} is set exactly while the job may be assigned,
 *       {@code aside_key} while it waits for an overlap key, {@code holder} and {@code token} while a pool holds it.
 *   <li>{@code lanes}: queue, type and priority of jobs that are alike, so that what a node may not have is not looked at.
 *   <li>{@code pools}: a pool of an incarnation. What it holds up to {@code taken_upto} runs, what is above is assigned: taking
 *       is one write per round trip, not per job.
 *   <li>{@code incarnations}, {@code crashes}, {@code suspects}, {@code fences}, {@code fence_lines}, {@code uniques},
 *       {@code overlaps}, {@code outbox}, {@code paused}, {@code tallies}, {@code returns}.
 * </ul>
 *
 * <p>On PostgreSQL the usual push, assignment and exchange go a short way of their own: {@code PlainPush}, {@code QuickAssign} with its
 * {@code Cursors}, {@code QuickExchange}. Each does all of it or, finding that the case is not the usual one, nothing.
 *
 * <p>Locks are taken in this order: fence, incarnations by name, jobs, pools by id, tallies, returns. Jobs are written by statements that
 * compare what was read before; who loses such a race gets no row and is told so.
 */
@NullMarked
package io.muster.queue.jdbc;

import org.jspecify.annotations.NullMarked;
