package io.muster.queue.clusterstore;

import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what a coordinator is asked, loses an answer if told to, and lets others come in between. */
final class CountingBackend implements Backend {
    private final Backend sound;
    private final List<String> commands = new ArrayList<>();
    private final int mostOperations;
    private int commitsUntilLoss = Integer.MAX_VALUE;
    private int commitsUntilRefusal = Integer.MAX_VALUE;
    private Runnable beforeCommit = () -> {};
    private Runnable afterList = () -> {};
    private String afterListOf = "";
    private final Set<Subscription> watches = ConcurrentHashMap.newKeySet();
    private final List<Runnable> held = new ArrayList<>();
    private Optional<Key> late = Optional.empty();
    private Optional<Key> hidden = Optional.empty();

    CountingBackend(Backend sound) {
        this(sound, sound.capabilities().mostOperations());
    }

    /** One whose transactions take less. */
    CountingBackend(Backend sound, int mostOperations) {
        this.sound = sound;
        this.mostOperations = mostOperations;
    }

    /** Commands since the last call. */
    List<String> commands() {
        List<String> since = List.copyOf(commands);
        commands.clear();
        return since;
    }

    /** The commit after {@code others} more happens, but nobody hears of it. */
    void loseAnswerAfter(int others) {
        commitsUntilLoss = others;
    }

    /** After {@code commits} more none reaches the coordinator, as if the process had died. */
    void refuseAfter(int commits) {
        commitsUntilRefusal = commits;
    }

    /** Others do this just before the next commit arrives. */
    void beforeCommit(Runnable others) {
        beforeCommit = () -> {
            beforeCommit = () -> {};
            others.run();
        };
    }

    /** Others do this just after the next list has been read, before its answer arrives. */
    void afterList(Runnable others) {
        afterList = () -> {
            afterList = () -> {};
            others.run();
        };
    }

    /** As {@link #afterList}, of the next list of that directory. */
    void afterListOf(String directory, Runnable others) {
        afterList(others);
        afterListOf = directory;
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        if (commitsUntilRefusal-- <= 0) {
            throw new OutcomeUnknownException("the process has died");
        }
        beforeCommit.run();
        commands.add("commit of " + transaction.operations());
        CommitResult result = sound.commit(transaction, deadline);
        if (commitsUntilLoss-- == 0) {
            throw new OutcomeUnknownException("the answer is lost");
        }
        return result;
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        commands.add("read " + key);
        return sound.read(key, deadline);
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        commands.add("list " + request);
        Listing listing = sound.list(request, deadline);
        if (afterListOf.isEmpty() || afterListOf.equals(request.directory())) {
            afterListOf = "";
            afterList.run();
        }
        return new Listing(
                listing.entries().stream()
                        .filter(entry -> !hidden.equals(Optional.of(entry.key())))
                        .toList(),
                listing.more());
    }

    @Override
    public Capabilities capabilities() {
        Capabilities all = sound.capabilities();
        return new Capabilities(
                all.backend(),
                all.leastSessionTtl(),
                all.expirySlack(),
                all.minimumSessionLife(),
                all.fence(),
                all.writeTtl(),
                all.snapshotLists(),
                mostOperations,
                all.mostTransactionBytes(),
                all.mostValueBytes(),
                all.mostMessageBytes());
    }

    @Override
    public String identity(Deadline deadline) {
        return sound.identity(deadline);
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        return sound.openSession(ttl, deadline);
    }

    /** No list shows this key any more. */
    CountingBackend hiding(Key key) {
        hidden = Optional.of(key);
        return this;
    }

    /** Watches that are open. */
    int watches() {
        return watches.size();
    }

    /** From now on watches tell of this key later than of others, as they may: when {@link #tell} is called. */
    void isToldLate(Key key) {
        late = Optional.of(key);
    }

    void tell() {
        late = Optional.empty();
        held.forEach(Runnable::run);
        held.clear();
    }

    /** Says nothing of what came and went between two looks, as the watches of most coordinators. */
    @Override
    public Subscription watch(String directory, WatchListener listener) {
        Subscription watch = sound.watch(directory, new WatchListener() {
            private final Set<Key> told = new HashSet<>();

            @Override
            public void onSnapshot(List<Entry> children) {
                told.clear();
                children.forEach(entry -> told.add(entry.key()));
                listener.onSnapshot(children);
            }

            @Override
            public void onChanges(List<Change> changes) {
                List<Change> inTime = new ArrayList<>();
                for (Change change : changes) {
                    boolean wasTold = change.entry().isPresent() ? !told.add(change.key()) : told.remove(change.key());
                    if (late.equals(Optional.of(change.key()))) {
                        held.add(() -> listener.onChanges(List.of(change)));
                    } else if (change.entry().isPresent() || wasTold) {
                        inTime.add(change);
                    }
                }
                if (!inTime.isEmpty()) {
                    listener.onChanges(inTime);
                }
            }
        });
        watches.add(watch);
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        sound.publish(channel, message, deadline);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        return sound.subscribe(channel, listener);
    }

    @Override
    public void close() {
        sound.close();
    }
}
