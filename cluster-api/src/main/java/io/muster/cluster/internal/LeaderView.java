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

/** What is known of who leads, and those who want to know. Owned by the elections loop. */
final class LeaderView {
    private final Loop listeners;
    private final Map<Key, Entry> entries = new HashMap<>();
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

    void put(Entry entry) {
        entries.put(entry.key(), entry);
        tell(entry.key());
    }

    void remove(Key key) {
        entries.remove(key);
        tell(key);
    }

    void replace(List<Entry> all) {
        entries.clear();
        all.forEach(entry -> entries.put(entry.key(), entry));
        complete = true;
        Set<Key> keys = new HashSet<>();
        feeds.forEach(feed -> keys.add(feed.key));
        keys.forEach(this::tell);
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
