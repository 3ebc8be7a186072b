package io.muster.chaos.history;

/** What can be written down. Behind each: what is said with it. */
public enum Kind {
    /** The run: seed, pair, ttlMillis, slackMillis, batches, which site keeps the jobs, and which sites may lose writes by a failover. */
    RUN,
    /** A process began or went on to another life: pid, role. */
    STARTED,
    /** A process ends by itself. */
    STOPPED,
    /** A client is about to push: plan, work, count, fails, unique, overlap. */
    PUSHING,
    /** What a client was told: plan, outcome, holder, why. */
    PUSHED,
    /** A handler begins: job, plan, part, fence, attempt, crashes, overlap. */
    BEGAN,
    /** A handler is about to return or throw: job, fence, how. */
    ENDED,
    /** The store accepted a settlement: job, fence, number, incarnation, how. */
    SETTLED,
    /** Somebody is seen to lead: term, node, incarnation. */
    LEADER,
    /** A process trusts that it leads an election made for this: term, and since when it was about to look. */
    TRUST,
    /** A server with replicas, or a replica, is seen to lead or not to lead any more: site, shard, server, leads. */
    ROLE,
    /** The store's record of an incarnation changed: incarnation, node, status, held. */
    INCARNATION,
    /** A fault begins: id, fault, target; node, incarnation where it befalls a node. */
    FAULT,
    /** A fault is over: id. */
    HEALED,
    /** A schedule is or was registered: schedule, done. */
    SCHEDULE,
    /** A job as the store has it at the end: job, state, reason. */
    FINAL,
    /** What is left to do at the end: live, outbox. */
    LEFT,
    /** The session of the driver, which only looks on, by a network that nobody disturbs, is not confirmed in time: state. */
    SHAKEN,
    /** The machine was late by millis. */
    LAG,
    /** Figures of a process: heap, threads, files, stale. */
    FIGURES,
    /** A rest of a soak begins: rest, which. */
    REST,
    /** What is used at this rest: rest; pid of the process that says so, or of whom its driver says so; each figure under its name. */
    RESTED
}
