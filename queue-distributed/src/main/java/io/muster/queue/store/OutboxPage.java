package io.muster.queue.store;

import java.util.List;
import java.util.Optional;

/**
 * Part of an outbox, oldest entries first.
 *
 * @param next where the next page begins, in the store's own form; empty: this was the last
 */
public record OutboxPage(List<OutboxEntry> entries, Optional<String> next) {
    public OutboxPage {
        entries = List.copyOf(entries);
    }
}
