package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The board as this process knows it: as it was read last, with the marks of queues that a watch has told of since. So a leader that is
 * woken because a job was pushed need not read the board to learn of it.
 *
 * <p>Of what else stands there, pauses and fences, what was read last is good enough for a write that compares the fence: whoever pauses a
 * queue rewrites the fences ({@link ClusterIntake#pause}), so that a write by a board that is older than the pause is refused. As soon as
 * the watch tells of such a change, or had a gap, the board is read anew. Thread-safe.
 */
final class Boards {
    private final Coordinator coordinator;

    /** Marks of queues that the watch told of since {@link #known} began to be read. */
    @GuardedBy("this")
    private final Map<Key, Entry> marks = new HashMap<>();

    @GuardedBy("this")
    private Optional<Board> known = Optional.empty();

    /** Whether the watch has told of something since the board was last asked for. */
    @GuardedBy("this")
    private boolean hinted;

    /** Grows with each read, and with each change after which a board that is being read is not good enough. */
    @GuardedBy("this")
    private long epoch;

    Boards(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** As just read. */
    Board fresh() {
        long mine;
        synchronized (this) {
            forget();
            marks.clear();
            mine = epoch;
        }
        Board read = Board.read(coordinator);
        synchronized (this) {
            if (epoch == mine) {
                known = Optional.of(read);
            }
        }
        return read;
    }

    /** If the watch has told of something since the last call, what it told; else as just read. For writes that compare the fence on it. */
    Board told() {
        synchronized (this) {
            boolean goodEnough = hinted;
            hinted = false;
            if (goodEnough && known.isPresent()) {
                return known.get().with(marks);
            }
        }
        return fresh();
    }

    /** What is known is not good enough any more: the next one is read. */
    synchronized void forget() {
        known = Optional.empty();
        epoch++;
    }

    /** Calls {@code hint} with each change of the board. */
    Subscription watch(Runnable hint) {
        return coordinator.backend().watch(StoreKeys.BOARD, new WatchListener() {
            @Override
            public void onSnapshot(List<Entry> children) {
                forget();
                hint.run();
            }

            @Override
            public void onChanges(List<Change> changes) {
                changed(changes);
                hint.run();
            }
        });
    }

    private synchronized void changed(List<WatchListener.Change> changes) {
        for (WatchListener.Change change : changes) {
            Optional<Entry> mark = change.entry()
                    .filter(entry -> StoreKeys.queueOfMark(entry.key()).isPresent());
            mark.ifPresentOrElse(entry -> marks.put(entry.key(), entry), this::forget);
        }
        hinted = true;
    }
}
