package io.muster.cluster.internal;

import io.muster.cluster.Leader;
import io.muster.cluster.LeaderListener;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.time.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of who leads, and those who want to know. Owned by the elections loop.
 *
 * <p>A watch tells late: an answer of the coordinator itself is newer than what a watch delivers next, until the two agree. So
 * nobody is told of a leader, or of none, after he was told of its successor.
 */
final class LeaderView {
    private final Loop listeners;
    private final Map<Key, Entry> entries = new HashMap<>();
    /** Of these the coordinator itself was asked, and the watch has not shown the same since. */
    private final Set<Key> asked = new HashSet<>();

    private final List<Feed> feeds = new ArrayList<>();
    private boolean complete;

    LeaderView(Loop listeners) {
        this.listeners = listeners;
    }

    static Leader leader(Entry entry) {
        return new Leader(Key.text(entry.key().name()), Claim.holder(entry), entry.created());
    }

    Optional<Entry> entry(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    boolean shows(Key key, long number) {
        return entry(key).filter(entry -> entry.created() == number).isPresent();
    }

    /** Whether the watch has shown what the coordinator answered last, so that it will tell of what comes next. */
    boolean isHeardOf(Key key) {
        return !asked.contains(key);
    }

    /** The coordinator itself has answered so. */
    void learned(Key key, Optional<Entry> entry) {
        asked.add(key);
        show(key, entry);
    }

    /**
     * A watch says so.
     *
     * @return false if only the coordinator can tell whether that is news, and nothing was changed
     */
    boolean heard(Key key, Optional<Entry> entry) {
        Optional<Entry> known = entry(key);
        boolean agrees = known.map(Entry::version).equals(entry.map(Entry::version));
        if (asked.contains(key) && !agrees && !isNewer(entry, known)) {
            return false;
        }
        asked.remove(key);
        show(key, entry);
        return true;
    }

    /**
     * A whole list says so, which may have been made before the coordinator was asked last.
     *
     * @return the keys of which only the coordinator can tell; what is known of them was not changed
     */
    Set<Key> heardOfAll(List<Entry> all) {
        complete = true;
        Map<Key, Entry> listed = new HashMap<>();
        all.forEach(entry -> listed.put(entry.key(), entry));
        Set<Key> keys = new HashSet<>(listed.keySet());
        keys.addAll(entries.keySet());
        feeds.forEach(feed -> keys.add(feed.key));
        keys.removeIf(key -> heard(key, Optional.ofNullable(listed.get(key))));
        return keys;
    }

    private static boolean isNewer(Optional<Entry> entry, Optional<Entry> known) {
        return entry.isPresent()
                && known.isPresent()
                && entry.get().created() > known.get().created();
    }

    private void show(Key key, Optional<Entry> entry) {
        entry.ifPresentOrElse(found -> entries.put(key, found), () -> entries.remove(key));
        tell(key);
    }

    Feed feed(Key key, LeaderListener listener) {
        return new Feed(key, new Latest<>(listeners, listener::onLeader));
    }

    void add(Feed feed) {
        feeds.add(feed);
        tell(feed.key);
    }

    void remove(Feed feed) {
        feeds.remove(feed);
    }

    /** That nobody leads is only known once a whole snapshot has been seen. */
    private void tell(Key key) {
        Optional<Leader> leader = entry(key).filter(Claim::canBeIn).map(LeaderView::leader);
        if (leader.isPresent() || complete) {
            feeds.stream().filter(feed -> feed.key.equals(key)).forEach(feed -> feed.offer(leader));
        }
    }

    /** One listener's interest in one group. */
    static final class Feed implements Subscription {
        private final Key key;
        private final Latest<Optional<Leader>> latest;
        private boolean begun;
        private Optional<Leader> offered = Optional.empty();

        Feed(Key key, Latest<Optional<Leader>> latest) {
            this.key = key;
            this.latest = latest;
        }

        void offer(Optional<Leader> leader) {
            if (!begun || !leader.equals(offered)) {
                begun = true;
                offered = leader;
                latest.offer(leader);
            }
        }

        @Override
        public void close() {
            latest.close();
        }
    }
}
