package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What publishing and subscribing promise: at most once, in order, and no loss without a word. */
public interface ChannelContract extends Contract {
    @Test
    @Tag("C5")
    default void whatIsPublishedReachesAllSubscribersTheOwnIncluded(Bench bench) {
        Backend publisher = bench.backend();
        List<ChannelRecorder> subscribers = List.of(
                subscribed(bench, publisher, "c"),
                subscribed(bench, publisher, "c"),
                subscribed(bench, bench.another(), "c"));

        publisher.publish("c", Bench.bytes("hello"), bench.soon());

        for (ChannelRecorder subscriber : subscribers) {
            bench.promptly().until(() -> subscriber.texts().equals(List.of("hello")));
        }
    }

    @Test
    @Tag("C5")
    default void channelsAndNamespacesAreApart(Bench bench) {
        ChannelRecorder here = subscribed(bench, bench.backend(), "c");
        ChannelRecorder otherChannel = subscribed(bench, bench.backend(), "c2");
        Backend elsewhere = bench.elsewhere();
        ChannelRecorder there = subscribed(bench, elsewhere, "c");

        elsewhere.publish("c", Bench.bytes("elsewhere"), bench.soon());
        bench.backend().publish("c2", Bench.bytes("c2"), bench.soon());
        bench.backend().publish("c", Bench.bytes("here"), bench.soon());

        bench.promptly().until(() -> here.texts().contains("here"));
        bench.promptly().until(() -> otherChannel.texts().contains("c2"));
        bench.promptly().until(() -> there.texts().contains("elsewhere"));
        assertThat(here.texts()).containsExactly("here");
        assertThat(otherChannel.texts()).containsExactly("c2");
        assertThat(there.texts()).containsExactly("elsewhere");
    }

    @Test
    @Tag("C5")
    default void aChannelMayHaveAnyName(Bench bench) {
        String name = "jobs/späße ?#%";
        ChannelRecorder subscriber = subscribed(bench, bench.another(), name);

        bench.backend().publish(name, Bench.bytes("x"), bench.soon());

        bench.promptly().until(() -> subscriber.texts().equals(List.of("x")));
    }

    @Test
    @Tag("C5")
    default void messagesOfOnePublisherComeInOrderAndNoneTwice(Bench bench) {
        ChannelRecorder subscriber = subscribed(bench, bench.another(), "c");
        Backend publisher = bench.backend();
        int count = Bench.count(20, 25);

        for (int i = 0; i < count; i++) {
            publisher.publish("c", Bench.bytes("" + i), bench.soon());
        }

        bench.promptly().until(() -> subscriber.texts().contains("" + (count - 1)));
        assertThat(subscriber.texts())
                .isEqualTo(IntStream.range(0, count).mapToObj(i -> "" + i).toList());
    }

    @Test
    @Tag("C5")
    default void whatABurstLosesIsAnnounced(Bench bench) {
        ChannelRecorder subscriber = subscribed(bench, bench.another(), "c");
        List<Backend> publishers = List.of(bench.backend(), bench.another(), bench.another());
        int count = Bench.count(100, 2_000);

        List<CompletableFuture<Integer>> publishing = publishers.stream()
                .map(publisher -> bench.beside(() -> {
                    for (int i = 0; i < count; i++) {
                        String message = publishers.indexOf(publisher) + ":" + String.format("%06d", i);
                        publisher.publish("c", Bench.bytes(message), bench.soon());
                    }
                    return count;
                }))
                .toList();
        publishing.forEach(CompletableFuture::join);

        for (int i = 0; i < publishers.size(); i++) {
            String last = i + ":" + String.format("%06d", count - 1);
            bench.promptly().until(() -> subscriber.texts().contains(last));
            String prefix = i + ":";
            List<String> received = subscriber.texts().stream()
                    .filter(text -> text.startsWith(prefix))
                    .toList();
            assertThat(received).isSorted().doesNotHaveDuplicates();
            assertThat(received.size() == count || subscriber.gaps() > 0).isTrue();
        }
    }

    @Test
    @Tag("C5")
    default void aMessageMayHaveTheMostBytesAndNotOneMore(Bench bench) {
        int most = bench.backend().capabilities().mostMessageBytes();
        byte[] largest = new byte[most];
        new Random(most).nextBytes(largest);
        ChannelRecorder subscriber = subscribed(bench, bench.another(), "c");

        assertThatThrownBy(() -> bench.backend().publish("c", new byte[most + 1], bench.soon()))
                .isInstanceOf(IllegalArgumentException.class);
        bench.backend().publish("c", largest, bench.soon());

        bench.promptly().until(() -> !subscriber.messages().isEmpty());
        assertThat(subscriber.messages().get(0)).isEqualTo(largest);
    }

    @Test
    @Tag("C5")
    default void whatWasPublishedBeforeIsNotReceived(Bench bench) {
        bench.backend().publish("c", Bench.bytes("before"), bench.soon());
        ChannelRecorder subscriber = subscribed(bench, bench.another(), "c");

        bench.backend().publish("c", Bench.bytes("after"), bench.soon());

        bench.promptly().until(() -> subscriber.texts().contains("after"));
        assertThat(subscriber.texts()).containsExactly("after");
    }

    @Test
    @Tag("C5")
    default void aClosedSubscriptionReceivesNothing(Bench bench) {
        ChannelRecorder closed = new ChannelRecorder();
        Subscription subscription = bench.backend().subscribe("c", closed);
        ChannelRecorder open = subscribed(bench, bench.backend(), "c");

        subscription.close();
        subscription.close();
        bench.backend().publish("c", Bench.bytes("x"), bench.soon());

        bench.promptly().until(() -> open.texts().contains("x"));
        assertThat(closed.texts()).isEmpty();
    }

    @Test
    @Tag("C5")
    default void aSubscriptionSurvivesACutAndAnnouncesTheGap(Bench bench) {
        ChannelRecorder subscriber = subscribed(bench, bench.throughProxy(), "c");
        bench.backend().publish("c", Bench.bytes("before"), bench.soon());
        bench.promptly().until(() -> subscriber.texts().contains("before"));

        bench.faults().cut();
        bench.backend().publish("c", Bench.bytes("meanwhile"), bench.soon());
        bench.faults().heal();

        awaitFlow(bench, subscriber);
        assertThat(subscriber.gaps() > 0 || subscriber.texts().contains("meanwhile"))
                .isTrue();
        assertThat(subscriber.texts()).doesNotHaveDuplicates();
    }

    @Test
    @Tag("C5")
    default void aSubscriptionSurvivesARestartOfTheServer(Bench bench) {
        ChannelRecorder subscriber = subscribed(bench, bench.another(), "c");
        bench.backend().publish("c", Bench.bytes("before"), bench.soon());
        bench.promptly().until(() -> subscriber.texts().contains("before"));

        bench.faults().restartServer();
        bench.awaitAnswerOf(bench.backend());

        awaitFlow(bench, subscriber);
        assertThat(subscriber.texts()).doesNotHaveDuplicates();
    }

    /** Publishes until something arrives again, and everything after that must. */
    private static void awaitFlow(Bench bench, ChannelRecorder subscriber) {
        int before = subscriber.messages().size();
        int[] sent = new int[1];
        bench.untilRecovery().pollInterval(Duration.ofMillis(100)).until(() -> {
            bench.backend().publish("c", Bench.bytes("probe " + sent[0]++), bench.soon());
            return subscriber.messages().size() > before;
        });
        bench.backend().publish("c", Bench.bytes("at last"), bench.soon());
        bench.promptly().until(() -> subscriber.texts().contains("at last"));
    }

    private static ChannelRecorder subscribed(Bench bench, Backend backend, String channel) {
        ChannelRecorder recorder = new ChannelRecorder();
        bench.subscribe(backend, channel, recorder);
        return recorder;
    }
}
