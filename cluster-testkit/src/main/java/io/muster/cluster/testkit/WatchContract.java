package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a watch promises: a snapshot first and after every gap, and in the end the truth. */
public interface WatchContract extends Contract {
    @Test
    @Tag("C6")
    default void theFirstSnapshotHoldsWhatIsThere(Bench bench) {
        bench.put(new Key("d", "k"), "1");

        WatchRecorder full = watching(bench, bench.backend(), "d");
        WatchRecorder empty = watching(bench, bench.backend(), "never/was");

        bench.promptly().until(() -> full.snapshots() == 1 && empty.snapshots() == 1);
        assertThat(full.text("k")).isEqualTo("1");
        assertThat(full.entry("k").version())
                .isEqualTo(bench.entry(new Key("d", "k")).version());
        assertThat(empty.names()).isEmpty();
    }

    @Test
    @Tag("C6")
    default void creationsOverwritesAndDeletionsAreSeen(Bench bench) {
        Key key = new Key("d", "k");
        WatchRecorder watch = watching(bench, bench.another(), "d");

        bench.put(key, "1");
        bench.promptly().until(() -> watch.text("k").equals("1"));
        bench.put(key, "2");
        bench.promptly().until(() -> watch.text("k").equals("2"));
        assertThat(watch.entry("k").version()).isEqualTo(bench.entry(key).version());
        bench.write(bench.backend(), Write.delete(key));
        bench.promptly().until(() -> watch.names().isEmpty());
        bench.put(key, "3");
        bench.promptly().until(() -> watch.text("k").equals("3"));
        assertThat(watch.errors()).isEmpty();
    }

    @Test
    @Tag("C6")
    default void theEndOfASessionIsSeen(Bench bench) {
        BackendSession session = bench.session();
        bench.write(bench.backend(), Write.bind(new Key("d", "k"), Bench.bytes("x"), session));
        WatchRecorder watch = watching(bench, bench.another(), "d");
        bench.promptly().until(() -> watch.names().contains("k"));
        assertThat(watch.entry("k").session()).contains(session.id());

        session.end(bench.soon());

        bench.promptly().until(() -> watch.names().isEmpty());
    }

    @Test
    @Tag("C6")
    default void manyQuickWritesConvergeAndNoKeyGoesBack(Bench bench) {
        WatchRecorder watch = watching(bench, bench.another(), "d");
        List<Backend> writers = List.of(bench.backend(), bench.another());
        int rounds = Bench.count(100, 2_000);

        List<CompletableFuture<Integer>> writing = writers.stream()
                .map(writer -> bench.beside(() -> {
                    int who = writers.indexOf(writer);
                    for (int i = 0; i < rounds; i++) {
                        bench.write(writer, Write.put(new Key("d", "k" + who + i % 3), Bench.bytes("" + i)));
                    }
                    return rounds;
                }))
                .toList();
        writing.forEach(CompletableFuture::join);

        awaitSameAsList(bench, watch, "d");
        assertThat(watch.errors()).isEmpty();
        Map<String, Integer> last = new HashMap<>();
        for (Entry entry : watch.told()) {
            int value = Integer.parseInt(Bench.text(entry));
            assertThat(value)
                    .isGreaterThanOrEqualTo(last.getOrDefault(entry.key().name(), 0));
            last.put(entry.key().name(), value);
        }
    }

    @Test
    @Tag("C6")
    default void onlyDirectChildrenAreTold(Bench bench) {
        WatchRecorder watch = watching(bench, bench.backend(), "d");
        bench.promptly().until(() -> watch.snapshots() == 1);

        bench.put(new Key("d/k", "grandchild"), "x");
        bench.put(new Key("dd", "cousin"), "x");
        bench.put(new Key("d", "k"), "last");

        bench.promptly().until(() -> watch.text("k").equals("last"));
        assertThat(watch.told()).extracting(Entry::key).containsOnly(new Key("d", "k"));
    }

    @Test
    @Tag("C6")
    default void watchesOfOneDirectoryAreToldAlike(Bench bench) {
        WatchRecorder first = watching(bench, bench.backend(), "d");
        WatchRecorder second = watching(bench, bench.backend(), "d");
        WatchRecorder other = watching(bench, bench.backend(), "e");

        bench.put(new Key("d", "k"), "x");
        bench.put(new Key("e", "k"), "y");

        bench.promptly()
                .until(() -> first.text("k").equals("x")
                        && second.text("k").equals("x")
                        && other.text("k").equals("y"));
    }

    @Test
    @Tag("C6")
    default void aClosedWatchIsNotCalledAnyMore(Bench bench) {
        WatchRecorder closed = new WatchRecorder();
        Subscription subscription = bench.backend().watch("d", closed);
        bench.promptly().until(() -> closed.snapshots() == 1);
        WatchRecorder open = watching(bench, bench.backend(), "d");
        bench.promptly().until(() -> open.snapshots() == 1);

        subscription.close();
        subscription.close();
        bench.put(new Key("d", "k"), "x");

        bench.promptly().until(() -> open.text("k").equals("x"));
        assertThat(closed.calls()).isEqualTo(1);
    }

    @Test
    @Tag("C6")
    default void aListenerThatThrowsIsCalledAgain(Bench bench) {
        WatchRecorder recorder = new WatchRecorder();
        AtomicInteger failures = new AtomicInteger();
        bench.watch(bench.backend(), "d", before(recorder, entries -> {
            if (entries.stream().anyMatch(entry -> Bench.text(entry).equals("bad"))) {
                failures.incrementAndGet();
                throw new IllegalStateException("a listener that fails on purpose");
            }
        }));
        bench.promptly().until(() -> recorder.snapshots() == 1);

        bench.put(new Key("d", "k"), "bad");
        bench.promptly().until(() -> failures.get() > 0);
        bench.put(new Key("d", "k"), "good");

        bench.promptly().until(() -> recorder.text("k").equals("good"));
    }

    @Test
    @Tag("C6")
    default void aListenerThatBlocksDelaysOnlyItsOwnWatch(Bench bench) {
        Backend backend = bench.another();
        BackendSession session = backend.openSession(bench.ttl(), bench.soon());
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        bench.atEnd(release::countDown);
        WatchRecorder blocking = new WatchRecorder();
        bench.watch(backend, "d", before(blocking, entries -> {
            if (!entries.isEmpty()) {
                blocked.countDown();
                awaitUninterrupted(release);
            }
        }));
        WatchRecorder free = watching(bench, backend, "d");

        bench.write(backend, Write.put(new Key("d", "k"), Bench.bytes("1")));
        bench.promptly().until(() -> blocked.getCount() == 0);
        bench.write(backend, Write.put(new Key("d", "k"), Bench.bytes("2")));

        bench.promptly().until(() -> free.text("k").equals("2"));
        session.renew(bench.soon());
        assertThat(bench.children(backend, "d")).hasSize(1);
        assertThat(blocking.text("k")).isEmpty();
        release.countDown();
        bench.promptly().until(() -> blocking.text("k").equals("2"));
    }

    @Test
    @Tag("C6")
    default void aListenerMayCallTheBackend(Bench bench) {
        Backend backend = bench.backend();
        CompletableFuture<List<Entry>> seen = new CompletableFuture<>();
        bench.watch(backend, "d", before(new WatchRecorder(), entries -> {
            if (!entries.isEmpty()) {
                bench.write(backend, Write.put(new Key("e", "written"), Bench.bytes("x")));
                seen.complete(bench.children(backend, "e"));
            }
        }));

        bench.put(new Key("d", "k"), "x");

        bench.promptly().until(seen::isDone);
        assertThat(seen.join()).hasSize(1);
    }

    @Test
    @Tag("C6")
    default void whatChangedWhileTheConnectionWasCutIsSeenAfterwards(Bench bench) {
        Key gone = new Key("d", "gone");
        bench.put(gone, "x");
        WatchRecorder watch = watching(bench, bench.throughProxy(), "d");
        bench.promptly().until(() -> watch.names().contains("gone"));

        bench.faults().cut();
        bench.write(bench.backend(), Write.delete(gone));
        for (int i = 0; i < Bench.count(200, 5_000); i++) {
            bench.put(new Key("d", "k" + i % 100), "" + i);
        }
        bench.faults().heal();

        awaitSameAsList(bench, watch, "d");
        bench.put(new Key("d", "later"), "x");
        bench.untilRecovery().until(() -> watch.names().contains("later"));
        assertThat(watch.errors()).isEmpty();
    }

    @Test
    @Tag("C6")
    default void aWatchGoesOnAfterASilenceOfTheNetwork(Bench bench) {
        WatchRecorder watch = watching(bench, bench.throughProxy(), "d");
        bench.promptly().until(() -> watch.snapshots() == 1);

        bench.faults().blackhole();
        bench.put(new Key("d", "k"), "meanwhile");
        bench.faults().heal();

        bench.untilRecovery().until(() -> watch.text("k").equals("meanwhile"));
        bench.put(new Key("d", "k"), "later");
        bench.untilRecovery().until(() -> watch.text("k").equals("later"));
    }

    @Test
    @Tag("C6")
    default void aWatchGoesOnAfterARestartOfTheServer(Bench bench) {
        bench.put(new Key("d", "k"), "before");
        WatchRecorder watch = watching(bench, bench.another(), "d");
        bench.promptly().until(() -> watch.text("k").equals("before"));

        bench.faults().restartServer();
        bench.awaitAnswerOf(bench.backend());
        bench.put(new Key("d", "k"), "after");

        bench.untilRecovery().until(() -> watch.text("k").equals("after"));
        awaitSameAsList(bench, watch, "d");
        assertThat(watch.errors()).isEmpty();
    }

    private static WatchRecorder watching(Bench bench, Backend backend, String directory) {
        WatchRecorder recorder = new WatchRecorder();
        bench.watch(backend, directory, recorder);
        return recorder;
    }

    private static void awaitSameAsList(Bench bench, WatchRecorder watch, String directory) {
        bench.untilRecovery()
                .untilAsserted(() -> assertThat(List.copyOf(watch.states().values()))
                        .usingRecursiveComparison()
                        .isEqualTo(bench.children(bench.backend(), directory)));
    }

    private static WatchListener before(WatchListener listener, Consumer<List<Entry>> first) {
        return new WatchListener() {
            @Override
            public void onSnapshot(List<Entry> children) {
                first.accept(children);
                listener.onSnapshot(children);
            }

            @Override
            public void onChanges(List<Change> changes) {
                first.accept(changes.stream()
                        .flatMap(change -> change.entry().stream())
                        .toList());
                listener.onChanges(changes);
            }
        };
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}
