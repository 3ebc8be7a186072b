package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of jobs that ended, in the order of that: which of it is over. It is listed far ahead, as a list costs some servers all that is
 * remembered, and no more often than something can be over. Owned by whoever forgets; not thread-safe.
 */
final class EndedJobs {
    /** Names that are kept. */
    static final int AHEAD = 5_000;
    /** What ended so lately is not listed ahead: more may come in between, from clocks that are behind and writes that take their time. */
    static final Duration MARGIN = Duration.ofSeconds(5);

    /** What got a name before those that are forgotten, by a clock that is far behind, is found by then. */
    private static final Duration FROM_THE_FIRST = Duration.ofMinutes(5);

    private final Coordinator coordinator;
    private final Deque<Entry> listed = new ArrayDeque<>();
    /** Up to this name all is forgotten: a list from the first name on costs some servers as much as was ever deleted there. */
    private Optional<String> forgottenTo = Optional.empty();

    /** Nothing that is not in {@link #listed} is over before. */
    private Instant lookAt = Instant.MIN;

    private Instant fromTheFirstAt = Instant.MIN;
    private Optional<Compare> listedUnder = Optional.empty();

    EndedJobs(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** How long jobs are remembered has changed: nothing that is known here of what can be over holds any more. */
    void lookFromTheFirst() {
        fromTheFirstAt = Instant.MIN;
    }

    /**
     * Up to {@code limit} that ended at least {@code keep} before {@code now}, the first ones; values are not there.
     *
     * @param guard as long as it is the same nobody else forgets
     */
    List<Entry> over(Compare guard, Instant now, Duration keep, int limit) {
        if (!now.isBefore(fromTheFirstAt) || !listedUnder.equals(Optional.of(guard))) {
            listed.clear();
            forgottenTo = Optional.empty();
            lookAt = Instant.MIN;
            fromTheFirstAt = now.plus(FROM_THE_FIRST);
            listedUnder = Optional.of(guard);
        }
        if (listed.isEmpty() && !now.isBefore(lookAt)) {
            list(now, keep);
        }
        List<Entry> over = new ArrayList<>();
        for (Entry entry : listed) {
            if (over.size() == limit || endOf(entry, keep).isAfter(now)) {
                break;
            }
            over.add(entry);
        }
        return over;
    }

    /** The first ones that {@link #over} told of are gone. */
    void forgot(List<Entry> first) {
        for (Entry entry : first) {
            listed.removeFirst();
            forgottenTo = Optional.of(entry.key().name());
        }
    }

    private void list(Instant now, Duration keep) {
        ListRequest first = ListRequest.first(StoreKeys.ENDED, AHEAD).namesOnly();
        Listing page = coordinator.page(forgottenTo.map(first::after).orElse(first));
        Instant settled = now.minus(keep.compareTo(MARGIN) < 0 ? keep : MARGIN);
        lookAt = page.more() ? now : now.plus(keep);
        for (Entry entry : page.entries()) {
            if (StoreKeys.momentOf(entry.key()).isAfter(settled)) {
                lookAt = endOf(entry, keep);
                break;
            }
            listed.add(entry);
        }
    }

    private static Instant endOf(Entry entry, Duration keep) {
        return StoreKeys.momentOf(entry.key()).plus(keep);
    }
}
