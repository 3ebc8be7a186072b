package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Cluster;
import io.muster.cluster.NodeId;
import io.muster.cluster.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages to the other nodes. */
public interface BroadcastContract extends Contract {
    /** The largest message that every backend carries. */
    int MOST_BYTES = 8 * 1024;

    @Test
    @Tag("C5")
    default void aMessageReachesEveryOtherSubscriberAndNotTheSender(Bench bench) {
        Cluster sender = bench.cluster("sender");
        MessageRecorder own = subscribed(bench, sender);
        Cluster other = bench.cluster("other");
        List<MessageRecorder> others =
                List.of(subscribed(bench, other), subscribed(bench, other), subscribed(bench, bench.cluster("third")));

        sender.broadcast("c", Bench.bytes("hello"));

        for (MessageRecorder recorder : others) {
            bench.promptly().until(() -> recorder.texts().equals(List.of("hello")));
            assertThat(recorder.senders()).containsExactly(sender.self());
        }
        other.broadcast("c", Bench.bytes("answer"));
        bench.promptly().until(() -> own.texts().contains("answer"));
        assertThat(own.texts()).containsExactly("answer");
    }

    @Test
    @Tag("C5")
    default void broadcastsOfOneSenderComeInOrder(Bench bench) {
        Cluster sender = bench.cluster("sender");
        MessageRecorder recorder = subscribed(bench, bench.cluster("other"));
        int count = Bench.count(20, 25);

        for (int i = 0; i < count; i++) {
            sender.broadcast("c", Bench.bytes("" + i));
        }

        bench.promptly().until(() -> recorder.texts().contains("" + (count - 1)));
        assertThat(recorder.texts())
                .isEqualTo(IntStream.range(0, count).mapToObj(i -> "" + i).toList());
        assertThat(recorder.gaps()).isZero();
    }

    @Test
    @Tag("C5")
    default void broadcastChannelsAreApart(Bench bench) {
        Cluster sender = bench.cluster("sender");
        MessageRecorder recorder = subscribed(bench, bench.cluster("other"));

        sender.broadcast("another", Bench.bytes("elsewhere"));
        sender.broadcast("c", Bench.bytes("here"));

        bench.promptly().until(() -> recorder.texts().contains("here"));
        assertThat(recorder.texts()).containsExactly("here");
    }

    @Test
    @Tag("C5")
    default void aBroadcastHasAtMostEightKibibytes(Bench bench) {
        Cluster sender = bench.cluster("sender");
        MessageRecorder recorder = subscribed(bench, bench.cluster("other"));
        String largest = "x".repeat(MOST_BYTES);

        assertThatThrownBy(() -> sender.broadcast("c", Bench.bytes(largest + "x")))
                .isInstanceOf(IllegalArgumentException.class);
        sender.broadcast("c", Bench.bytes(largest));
        sender.broadcast("c", new byte[0]);

        bench.promptly().until(() -> recorder.texts().equals(List.of(largest, "")));
    }

    @Test
    @Tag("C5")
    default void aClosedSubscriptionReceivesNoBroadcasts(Bench bench) {
        Cluster receiver = bench.cluster("receiver");
        MessageRecorder closed = new MessageRecorder();
        Subscription subscription = receiver.subscribe("c", closed);
        MessageRecorder open = subscribed(bench, receiver);

        subscription.close();
        bench.cluster("sender").broadcast("c", Bench.bytes("x"));

        bench.promptly().until(() -> open.texts().contains("x"));
        assertThat(closed.texts()).isEmpty();
    }

    @Test
    @Tag("C5")
    default void broadcastsGoOnAfterACutAndTheGapIsAnnounced(Bench bench) {
        Cluster sender = bench.cluster("sender");
        MessageRecorder recorder = subscribed(bench, bench.clusterThroughProxy("victim"));
        sender.broadcast("c", Bench.bytes("before"));
        bench.promptly().until(() -> recorder.texts().contains("before"));

        bench.faults().cut();
        sender.broadcast("c", Bench.bytes("meanwhile"));
        bench.faults().heal();

        int[] sent = new int[1];
        bench.untilRecovery().pollInterval(Duration.ofMillis(100)).until(() -> {
            sender.broadcast("c", Bench.bytes("probe " + sent[0]++));
            return recorder.texts().stream().anyMatch(text -> text.startsWith("probe"));
        });
        sender.broadcast("c", Bench.bytes("after"));
        bench.promptly().until(() -> recorder.texts().contains("after"));
        assertThat(recorder.gaps() > 0 || recorder.texts().contains("meanwhile"))
                .isTrue();
        assertThat(recorder.texts()).doesNotHaveDuplicates();
    }

    @Test
    @Tag("C5")
    default void newIncarnationsOfSenderAndReceiverGoOn(Bench bench) {
        Cluster sender = bench.cluster("sender");
        Cluster receiver = bench.cluster("receiver");
        MessageRecorder recorder = subscribed(bench, receiver);
        NodeId firstSender = sender.self();
        sender.broadcast("c", Bench.bytes("first"));
        bench.promptly().until(() -> recorder.texts().contains("first"));

        renewed(bench, sender);
        renewed(bench, receiver);
        sender.broadcast("c", Bench.bytes("second"));

        bench.promptly().until(() -> recorder.texts().equals(List.of("first", "second")));
        assertThat(recorder.senders()).containsExactly(firstSender, sender.self());
    }

    private static void renewed(Bench bench, Cluster cluster) {
        NodeId before = cluster.self();
        cluster.rejoin();
        bench.promptly()
                .until(() -> !cluster.self().equals(before) && cluster.session().isActive());
    }

    private static MessageRecorder subscribed(Bench bench, Cluster cluster) {
        MessageRecorder recorder = new MessageRecorder();
        bench.atEnd(cluster.subscribe("c", recorder)::close);
        return recorder;
    }
}
