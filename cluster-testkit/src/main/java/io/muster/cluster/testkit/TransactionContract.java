package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a transaction promises. */
public interface TransactionContract extends Contract {
    @Test
    @Tag("C6")
    default void whatWasPutIsReadBackWithTheVersionAndRevisionOfItsCommit(Bench bench) {
        Key key = new Key("d", "k");

        Committed committed = bench.put(key, "value");

        Entry entry = bench.another().read(key, bench.soon()).orElseThrow();
        assertThat(Bench.text(entry)).isEqualTo("value");
        assertThat(entry.version()).isEqualTo(committed.version(key));
        assertThat(entry.created()).isEqualTo(committed.revision());
        assertThat(entry.session()).isEmpty();
    }

    @Test
    @Tag("C6")
    default void valuesAreBytesOfAnyKindAndMayBeEmpty(Bench bench) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Key binary = new Key("d", "binary");
        Key empty = new Key("d", "empty");

        bench.write(bench.backend(), Write.put(binary, all), Write.put(empty, new byte[0]));

        assertThat(bench.entry(binary).value()).isEqualTo(all);
        assertThat(bench.entry(empty).value()).isEmpty();
    }

    @Test
    @Tag("C6")
    default void anyTextCanNameAnEntry(Bench bench) {
        List<String> names = List.of("späße 東京", "a/b", "100%", "?#&=+", ".", "..", "@at", "~_-.x");
        for (String name : names) {
            Key key = new Key(Key.segment("dir " + name), Key.segment(name));

            bench.put(key, name);

            assertThat(Bench.text(bench.entry(key))).isEqualTo(name);
            assertThat(bench.children(bench.backend(), key.directory()))
                    .extracting(Entry::key)
                    .containsExactly(key);
        }
    }

    @Test
    @Tag("C6")
    default void overwritingChangesTheVersionAndKeepsTheNumberOfCreation(Bench bench) {
        Key key = new Key("d", "k");
        Committed created = bench.put(key, "1");

        Committed overwritten = bench.put(key, "1");

        assertThat(overwritten.version(key)).isNotEqualTo(created.version(key));
        assertThat(bench.entry(key).version()).isEqualTo(overwritten.version(key));
        assertThat(bench.entry(key).created()).isEqualTo(created.revision());
        assertThat(overwritten.revision()).isGreaterThan(created.revision());
    }

    @Test
    @Tag("C6")
    default void absentHoldsExactlyWhileThereIsNoEntry(Bench bench) {
        Key key = new Key("d", "k");

        assertThat(holds(bench, Compare.absent(key))).isTrue();
        bench.put(key, "1");
        assertThat(holds(bench, Compare.absent(key))).isFalse();
        bench.write(bench.backend(), Write.delete(key));
        assertThat(holds(bench, Compare.absent(key))).isTrue();
    }

    @Test
    @Tag("C6")
    default void presentHoldsExactlyWhileThereIsAnEntry(Bench bench) {
        Key key = new Key("d", "k");

        assertThat(holds(bench, Compare.present(key))).isFalse();
        bench.put(key, "1");
        assertThat(holds(bench, Compare.present(key))).isTrue();
        bench.put(key, "2");
        assertThat(holds(bench, Compare.present(key))).isTrue();
        bench.write(bench.backend(), Write.delete(key));
        assertThat(holds(bench, Compare.present(key))).isFalse();
    }

    @Test
    @Tag("C6")
    default void unchangedHoldsUntilTheNextWriteEvenOfTheSameValue(Bench bench) {
        Key key = new Key("d", "k");
        Version first = bench.put(key, "same").version(key);

        assertThat(holds(bench, Compare.unchanged(key, first))).isTrue();
        assertThat(holds(bench, Compare.unchanged(bench.entry(key)))).isTrue();
        Version second = bench.put(key, "same").version(key);
        assertThat(holds(bench, Compare.unchanged(key, first))).isFalse();
        assertThat(holds(bench, Compare.unchanged(key, second))).isTrue();
    }

    @Test
    @Tag("C6")
    default void anEntryDeletedAndCreatedAgainIsNotUnchanged(Bench bench) {
        Key key = new Key("d", "k");
        Entry first = createdAgain(bench, key);

        for (int i = 0; i < 5; i++) {
            Entry again = createdAgain(bench, key);

            assertThat(again.created()).isGreaterThan(first.created());
            assertThat(again.version()).isNotEqualTo(first.version());
            assertThat(holds(bench, Compare.unchanged(first))).isFalse();
        }
    }

    @Test
    @Tag("C6")
    default void aDeletedEntryIsNotUnchanged(Bench bench) {
        Key key = new Key("d", "k");
        Version version = bench.put(key, "1").version(key);

        bench.write(bench.backend(), Write.delete(key));

        assertThat(holds(bench, Compare.unchanged(key, version))).isFalse();
    }

    @Test
    @Tag("C6")
    default void aConflictNamesAKeyThatDidNotHoldAndLeavesNoTrace(Bench bench) {
        Key fine = new Key("d", "fine");
        Key taken = new Key("d", "taken");
        Key created = new Key("e", "created");
        Version before = bench.put(taken, "1").version(taken);
        BackendSession session = bench.session();

        CommitResult result = bench.backend()
                .commit(
                        Transaction.builder()
                                .require(Compare.absent(fine))
                                .require(Compare.absent(taken))
                                .write(Write.put(created, Bench.bytes("x")))
                                .write(Write.bind(new Key("e", "bound"), Bench.bytes("x"), session))
                                .write(Write.delete(taken))
                                .build(),
                        bench.soon());

        assertThat(result).isEqualTo(new Conflict(Set.of(taken)));
        assertThat(bench.children(bench.another(), "e")).isEmpty();
        assertThat(bench.entry(taken).version()).isEqualTo(before);
    }

    @Test
    @Tag("C6")
    default void aCompareOfOneKeyGuardsWritesOfOthers(Bench bench) {
        Key guard = new Key("guards", "term");
        Key guarded = new Key("jobs/of/a/queue", "job");
        Version term = bench.put(guard, "1").version(guard);
        Transaction write = Transaction.builder()
                .require(Compare.unchanged(guard, term))
                .write(Write.put(guarded, Bench.bytes("assigned")))
                .build();

        bench.committed(bench.another(), write);
        bench.put(guard, "2");

        assertThat(bench.backend().commit(write, bench.soon())).isInstanceOf(Conflict.class);
    }

    @Test
    @Tag("C6")
    default void allWritesOfATransactionHaveItsRevision(Bench bench) {
        Key first = new Key("d", "1");
        Key second = new Key("e/f", "2");
        Key gone = new Key("d", "gone");
        bench.put(gone, "x");

        Committed committed = bench.write(
                bench.backend(),
                Write.put(first, Bench.bytes("1")),
                Write.put(second, Bench.bytes("2")),
                Write.delete(gone));

        assertThat(bench.entry(first).created()).isEqualTo(committed.revision());
        assertThat(bench.entry(second).created()).isEqualTo(committed.revision());
        assertThat(bench.entry(second).version()).isEqualTo(committed.version(second));
        assertThat(bench.backend().read(gone, bench.soon())).isEmpty();
    }

    @Test
    @Tag("C6")
    default void revisionsGrowOverAllKeysAndAllWhoCommit(Bench bench) {
        List<Backend> backends = List.of(bench.backend(), bench.another(), bench.another());
        List<Long> revisions = new ArrayList<>();

        for (int i = 0; i < Bench.count(60, 1_000); i++) {
            Key key = new Key("d" + i % 7, "k" + i % 5);
            Write write = i % 4 == 3 ? Write.delete(key) : Write.put(key, Bench.bytes("" + i));
            revisions.add(bench.write(backends.get(i % 3), write).revision());
        }

        assertThat(revisions).doesNotHaveDuplicates().isSorted();
    }

    @Test
    @Tag("C6")
    default void deletingWhatIsAbsentChangesNothing(Bench bench) {
        bench.write(bench.backend(), Write.delete(new Key("never/was", "k")));

        assertThat(bench.children(bench.backend(), "never/was")).isEmpty();
    }

    @Test
    @Tag("C6")
    default void aTransactionMayOnlyCompare(Bench bench) {
        Key key = new Key("d", "k");
        Transaction present =
                Transaction.builder().require(Compare.present(key)).build();

        assertThat(bench.backend().commit(present, bench.soon())).isInstanceOf(Conflict.class);
        bench.put(key, "1");
        assertThat(bench.backend().commit(present, bench.soon())).isInstanceOf(Committed.class);
    }

    @Test
    @Tag("C6")
    default void exactlyOneOfManyWhoCreateAtOnceWins(Bench bench) {
        List<Backend> backends = List.of(bench.backend(), bench.another(), bench.another(), bench.another());
        for (int round = 0; round < Bench.count(5, 100); round++) {
            Key key = new Key("rounds", "round" + round);
            List<CompletableFuture<CommitResult>> attempts = new ArrayList<>();
            for (Backend backend : backends) {
                Transaction create = Transaction.builder()
                        .require(Compare.absent(key))
                        .write(Write.put(key, Bench.bytes("x")))
                        .build();
                attempts.add(bench.beside(() -> backend.commit(create, bench.soon())));
            }

            assertThat(attempts.stream().map(CompletableFuture::join))
                    .filteredOn(Committed.class::isInstance)
                    .hasSize(1);
        }
    }

    @Test
    @Tag("C6")
    default void concurrentIncrementsLoseNothing(Bench bench) {
        Key counter = new Key("d", "counter");
        bench.put(counter, "0");
        int each = Bench.count(15, 300);
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int worker = 0; worker < 4; worker++) {
            Backend backend = bench.another();
            workers.add(bench.beside(() -> Counter.increments(bench, backend, counter, each)));
        }
        int succeeded = workers.stream().mapToInt(CompletableFuture::join).sum();

        assertThat(succeeded).isEqualTo(4 * each);
        assertThat(Bench.text(bench.entry(counter))).isEqualTo("" + succeeded);
    }

    @Test
    @Tag("C6")
    default void namespacesDoNotSeeEachOther(Bench bench) {
        Key key = new Key("d", "k");
        bench.put(key, "here");
        Backend elsewhere = bench.elsewhere();

        assertThat(elsewhere.read(key, bench.soon())).isEmpty();
        assertThat(bench.children(elsewhere, "d")).isEmpty();
        bench.write(elsewhere, Write.put(key, Bench.bytes("there")));
        assertThat(Bench.text(bench.entry(key))).isEqualTo("here");
    }

    @Test
    @Tag("C6")
    @Tag("C11")
    default void allBackendsOfANamespaceNameTheSameLineOfTerms(Bench bench) {
        String identity = bench.backend().identity(bench.soon());

        assertThat(identity).isNotEmpty();
        assertThat(bench.another().identity(bench.soon())).isEqualTo(identity);
        assertThat(bench.backend().identity(bench.soon())).isEqualTo(identity);
    }

    private static boolean holds(Bench bench, Compare compare) {
        Key witness = new Key("witnesses", "w");
        CommitResult result = bench.backend()
                .commit(
                        Transaction.builder()
                                .require(compare)
                                .write(Write.put(witness, Bench.bytes("x")))
                                .build(),
                        bench.soon());
        if (result instanceof Conflict conflict) {
            assertThat(conflict.keys()).containsExactly(compare.key());
            return false;
        }
        return true;
    }

    private static Entry createdAgain(Bench bench, Key key) {
        bench.write(bench.backend(), Write.delete(key));
        bench.put(key, "same");
        return bench.entry(key);
    }
}
