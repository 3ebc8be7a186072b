package io.muster.cluster.spi;

import java.util.List;
import java.util.Optional;

/**
 * Receives the states of a watched directory. Called by one thread at a time, in order, never on a client's I/O thread. A
 * listener that blocks delays only this watch; one that throws is logged and called again.
 */
public interface WatchListener {
    /** All children as of one moment; replaces everything known before. */
    void onSnapshot(List<Entry> children);

    /** The newest state of each changed child. */
    void onChanges(List<Change> changes);

    /**
     * @param entry the new state, empty if the key is gone
     */
    record Change(Key key, Optional<Entry> entry) {}
}
