/**
 * The demo: a cluster on this machine indexes files as jobs, its leader is killed, and at the end every result is compared
 * with a plain sequential run. Read {@link io.muster.cli.demo.Demo} first; {@link io.muster.cli.demo.DemoCluster} is where
 * the nodes run: in processes of their own, or in this JVM.
 */
@NullMarked
package io.muster.cli.demo;

import org.jspecify.annotations.NullMarked;
