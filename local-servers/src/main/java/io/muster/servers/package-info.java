/**
 * Real servers on this machine, for tests, the demo and benchmarks: finds Redis, etcd, Consul, ZooKeeper, PostgreSQL and
 * MariaDB, starts them on loopback in scratch directories, and kills, freezes and restarts them on command.
 *
 * <p>Read {@link io.muster.servers.LocalServer} first, {@link io.muster.servers.RedisSentinelServers} and
 * {@link io.muster.servers.RedisClusterServers} for several that belong together, then {@link io.muster.servers.TcpProxy} for the faults that happen
 * between a client and a server, and {@link io.muster.servers.JavaProcess} for nodes in their own JVM. A test asks
 * {@link io.muster.servers.SharedServers}, which says visibly when a server is missing.
 *
 * <p>No child process outlives the JVM that started it, whichever way that JVM ends: each child has a watchdog on a pipe
 * that only this JVM holds open. Needs a POSIX shell; freezing needs Linux or another system with SIGSTOP.
 *
 * <p>Threads: one daemon thread per listened-to child ({@code output-…}), and those of the proxies ({@code proxy-…}).
 */
@NullMarked
package io.muster.servers;

import org.jspecify.annotations.NullMarked;
