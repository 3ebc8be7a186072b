package io.muster.queue.store;

import java.time.Duration;

/**
 * What a limit answered.
 *
 * @param granted permits that the caller may use, until the window ends
 * @param used permits used in the window by now
 * @param after from now to the end of the window; if a {@link LimitCall.Action#TAKE} got nothing, to the moment to come back at
 * @param window names the window
 */
public record LimitReply(int granted, long used, Duration after, long window) {}
