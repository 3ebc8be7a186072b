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
import java.util.List;
import java.util.Optional;

/** Counts what a coordinator is asked, loses an answer if told to, and lets others come in between. */
final class CountingBackend implements Backend {
    private final Backend sound;
    private final List<String> commands = new ArrayList<>();
    private final int mostOperations;
    private int commitsUntilLoss = Integer.MAX_VALUE;
    private int commitsUntilRefusal = Integer.MAX_VALUE;
    private Runnable beforeCommit = () -> {};
    private Runnable afterList = () -> {};

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
        afterList.run();
        return listing;
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

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        return sound.watch(directory, listener);
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
