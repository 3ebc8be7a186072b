package io.muster.chaos.run;

import java.time.Duration;
import java.util.Optional;

/**
 * Something that goes wrong for a while.
 *
 * @param kind what, for people
 * @param target whom it befalls; nothing has two faults at a time
 * @param node the node that is lost by it, if it is one
 */
record Fault(String kind, String target, Optional<String> node, Duration lasts, Runnable begin, Runnable end) {}
