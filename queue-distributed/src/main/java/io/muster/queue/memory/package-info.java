/**
 * The store inside one process: the one to read first, to test with, and for work that may die with its process.
 *
 * <p>{@link io.muster.queue.memory.MemoryStore} is a handle; {@code Memory} is what handles of one name share, one lock
 * included. Everything else here is touched only under that lock: {@code JobTable} is the life of a job, and keeps the
 * indexes ({@code QueueBooks}, {@code ReadyIndex}, {@code Holds}, {@code Incarnations}, {@code SettledMemory}) in agreement;
 * {@code Fences} stands alone. The three desks translate the SPI to it. Callers' threads do all work; only hints run
 * elsewhere, on the handle's loop.
 */
@NullMarked
package io.muster.queue.memory;

import org.jspecify.annotations.NullMarked;
