/**
 * The recipes: sessions, membership, locks, leases, elections, broadcast, each written once above the primitives.
 *
 * <p>Read {@code SessionCluster} first, which wires them, then {@code SessionLife} and {@code CandidacyState}, which hold the
 * rules as pure functions.
 *
 * <pre>
 *   loop                     may                                            must never
 *   …-renewals               ask the coordinator to renew, open sessions    wait for anything else
 *   …-clock                  own the session's state, run what is timed     block, call the user
 *   …-elections              ask the coordinator, own what is known         call the user
 *   …-membership             ask the coordinator, own what is known         call the user
 *   …-locks                  give up what ran out or was in doubt           call the user
 *   …-(kind)-listeners       call the user                                  hold anything anybody waits for
 *
 *   key                      value        bound to the session   written by
 *   members/(node id)        Member       yes                    MemberRegistrar
 *   status/@(inc)-(n)        Detail       no                     MemberRegistrar, removed by Membership of anybody
 *   elections/(group)        Claim        yes                    BoundKeys for Elections
 *   locks/(key)              Claim        yes                    BoundKeys for Locks
 *   leases/(key)             LeaseRecord  no                     Leases
 * </pre>
 */
@NullMarked
package io.muster.cluster.internal;

import org.jspecify.annotations.NullMarked;
