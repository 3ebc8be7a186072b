package io.muster.benchmarks.run;

import java.util.List;

/** How everything is set, in words, for whoever reads a result. */
public final class Settings {
    public static final List<String> LINES = List.of(
            "Payload about 100 bytes of JSON; jobs do nothing; all servers and processes on this machine",
            "Redis: appendonly yes, appendfsync everysec, no snapshots. PostgreSQL: stock, max_connections 250",
            "Ceilings: Redis Lua, 100 jobs per script, 8 scripts in flight to enqueue, 2 connections to claim and settle;"
                    + " PostgreSQL batched insert of 1000, claim by update and acknowledge by delete of 100 on 4 connections,"
                    + " 10 connections for single inserts by JDBC, beside them pgbench -c 10 -j 2 -M prepared;"
                    + " coordinators: transactions that compare a fence and write up to 100 jobs with index entries, 8 in flight",
            "Muster: node processes with 10 slots and -Xmx128m, leader distribution on, drain counted until the last"
                    + " settlement is acknowledged; its coordinator is the same server, beside PostgreSQL a Redis",
            "db-scheduler 16.12.0: lock-and-fetch (0.5, 1.0), 100 threads, polling every second, 20 connections, batches rewritten,"
                    + " heartbeat 10 s",
            "JobRunr 8.7.0 free: 100 workers, polling every 5 s (the least it allows), 20 connections",
            "BullMQ " + NodePeer.BULLMQ + " with ioredis " + NodePeer.IOREDIS
                    + ": concurrency 50, removeOnComplete and removeOnFail; peers' drains are counted until the last handler ran",
            "Sidekiq " + RubyPeer.SIDEKIQ + " or the one that Ruby has: concurrency 10, basic fetch, no retries");

    private Settings() {}
}
