/**
 * Where jobs are kept: what a store promises, in terms that a Lua script, a SQL statement and a coordinator's transaction
 * can each keep in one atomic operation.
 *
 * <p>Read {@link io.muster.queue.store.JobStore} first, then {@link io.muster.queue.store.NewJob} and
 * {@link io.muster.queue.store.AttemptToken}. Stores know nothing of handlers, retries or backoff: workers decide and
 * settle. Payloads are opaque bytes. The contract that every store passes is in {@code queue-testkit}.
 *
 * <pre>
 *  push ─▶ DELAYED ─due─▶ READY ─assign─▶ ASSIGNED ─take─▶ RUNNING ─settle─▶ COMPLETED
 *              ▲            ▲ ▲ ▲            │  │             │  ├─▶ FAILED
 *              └──release───┘ │ └───revoke───┘  │             │  └─▶ DISCARDED
 *                             └─────reclaim─────┴─────────────┘
 * </pre>
 */
@NullMarked
package io.muster.queue.store;

import org.jspecify.annotations.NullMarked;
