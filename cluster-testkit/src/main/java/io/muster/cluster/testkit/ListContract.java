package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a list promises. */
public interface ListContract extends Contract {
    @Test
    @Tag("C6")
    default void aDirectoryThatNeverHadChildrenIsEmpty(Bench bench) {
        Listing listing = bench.backend().list(ListRequest.first("never/was", 10), bench.soon());

        assertThat(listing.entries()).isEmpty();
        assertThat(listing.more()).isFalse();
    }

    @Test
    @Tag("C6")
    default void childrenComeInTheOrderOfAscii(Bench bench) {
        List<String> names = List.of("%41", "-1", ".a", "0", "10", "9", "@x", "A", "Z", "_", "a", "ab", "b", "~");
        for (int i = 0; i < names.size(); i++) {
            bench.put(new Key("d", names.get(i * 5 % names.size())), "x");
        }

        assertThat(namesOf(bench.children(bench.backend(), "d"))).isEqualTo(names);
    }

    @Test
    @Tag("C6")
    default void entriesOfAListAreThoseThatReadsFind(Bench bench) {
        Key plain = new Key("d", "plain");
        Key bound = new Key("d", "bound");
        bench.put(plain, "1");
        bench.put(plain, "2");
        bench.write(bench.backend(), Write.bind(bound, Bench.bytes("3"), bench.session()));

        List<Entry> children = bench.children(bench.another(), "d");

        assertThat(children).usingRecursiveComparison().isEqualTo(List.of(bench.entry(bound), bench.entry(plain)));
    }

    @Test
    @Tag("C6")
    default void pagesCoverAllChildrenOnce(Bench bench) {
        fill(bench, 25);
        List<String> listed = new ArrayList<>();
        ListRequest page = ListRequest.first("d", 10);
        boolean more = true;
        while (more) {
            Listing listing = bench.backend().list(page, bench.soon());
            assertThat(listing.entries()).hasSizeLessThanOrEqualTo(10);
            listed.addAll(namesOf(listing.entries()));
            more = listing.more();
            page = page.after(listed.get(listed.size() - 1));
        }

        assertThat(listed).isEqualTo(numbered(25));
    }

    @Test
    @Tag("C6")
    default void thePageThatReachesTheEndSaysSo(Bench bench) {
        fill(bench, 10);

        Listing whole = bench.backend().list(ListRequest.first("d", 11), bench.soon());
        Listing beyond = bench.backend().list(ListRequest.first("d", 5).after("k0009"), bench.soon());

        assertThat(namesOf(whole.entries())).isEqualTo(numbered(10));
        assertThat(whole.more()).isFalse();
        assertThat(beyond.entries()).isEmpty();
        assertThat(beyond.more()).isFalse();
    }

    @Test
    @Tag("C6")
    default void aPageMayBeginAfterANameThatDoesNotExist(Bench bench) {
        fill(bench, 5);

        Listing listing = bench.backend().list(ListRequest.first("d", 100).after("k0002x"), bench.soon());

        assertThat(namesOf(listing.entries())).containsExactly("k0003", "k0004");
    }

    @Test
    @Tag("C6")
    default void namesCanBeListedWithoutValues(Bench bench) {
        fill(bench, 5);

        Listing listing =
                bench.backend().list(ListRequest.first("d", 3).namesOnly().after("k0000"), bench.soon());

        assertThat(namesOf(listing.entries())).containsExactly("k0001", "k0002", "k0003");
        assertThat(listing.entries()).allMatch(entry -> entry.value().length == 0);
    }

    @Test
    @Tag("C6")
    default void onlyDirectChildrenAreListed(Bench bench) {
        bench.put(new Key("d", "child"), "x");
        bench.put(new Key("d/child", "grandchild"), "x");
        bench.put(new Key("d/onlydirectory", "grandchild"), "x");
        bench.put(new Key("dd", "cousin"), "x");
        bench.put(new Key("e/d", "cousin"), "x");

        assertThat(namesOf(bench.children(bench.backend(), "d"))).containsExactly("child");
        assertThat(namesOf(bench.children(bench.backend(), "d/child"))).containsExactly("grandchild");
        assertThat(bench.backend().read(new Key("d", "onlydirectory"), bench.soon()))
                .isEmpty();
    }

    @Test
    @Tag("C6")
    default void aListSeesWhatAnybodyCommittedBefore(Bench bench) {
        Backend writer = bench.another();
        for (int i = 0; i < Bench.count(10, 200); i++) {
            bench.write(writer, Write.put(new Key("d", "k"), Bench.bytes("" + i)));

            assertThat(bench.children(bench.backend(), "d"))
                    .extracting(Bench::text)
                    .containsExactly("" + i);
        }
    }

    @Test
    @Tag("C6")
    default void thousandsOfChildrenAreListedCompletely(Bench bench) {
        int size = Bench.count(2_500, 20_000);
        fill(bench, size);

        assertThat(namesOf(bench.children(bench.backend(), "d"))).isEqualTo(numbered(size));
    }

    @Test
    @Tag("C6")
    default void whatDoesNotChangeIsListedOnceWhileOthersComeAndGo(Bench bench) {
        fill(bench, 300);
        Backend writer = bench.another();
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> changes = bench.beside(() -> {
            int made = 0;
            while (!enough.get()) {
                Key key = new Key("d", "k" + String.format("%04d", made * 7 % 300) + "-temporary");
                bench.write(writer, made++ % 2 == 0 ? Write.put(key, Bench.bytes("x")) : Write.delete(key));
            }
            return made;
        });

        for (int i = 0; i < Bench.count(5, 100); i++) {
            assertThat(namesOf(bench.children(bench.backend(), "d")))
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .containsAll(numbered(300));
        }
        enough.set(true);

        assertThat(changes.join()).isPositive();
    }

    private static void fill(Bench bench, int size) {
        int chunk = Math.min(50, bench.backend().capabilities().mostOperations());
        List<Write> writes = new ArrayList<>();
        for (String name : numbered(size)) {
            writes.add(Write.put(new Key("d", name), Bench.bytes(name)));
            if (writes.size() == chunk) {
                bench.write(bench.backend(), writes.toArray(Write[]::new));
                writes.clear();
            }
        }
        if (!writes.isEmpty()) {
            bench.write(bench.backend(), writes.toArray(Write[]::new));
        }
    }

    private static List<String> numbered(int size) {
        int digits = size > 10_000 ? 5 : 4;
        return IntStream.range(0, size)
                .mapToObj(i -> String.format("k%0" + digits + "d", i))
                .toList();
    }

    private static List<String> namesOf(List<Entry> entries) {
        return entries.stream().map(entry -> entry.key().name()).toList();
    }
}
