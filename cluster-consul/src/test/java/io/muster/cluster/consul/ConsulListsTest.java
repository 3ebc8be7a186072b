package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class ConsulListsTest {
    private static final String DIRECTORY = "large";
    private static final int CHILDREN = 400;
    private static final int VALUE_BYTES = 2_000;
    private static final int TOGETHER = 20;

    private final LocalServer server =
            SharedServers.get(ServerKind.CONSUL).orElseThrow(() -> new TestAbortedException("CONSUL is missing"));
    private final TcpProxy proxy = TcpProxy.to(server);
    private final Backend backend =
            ConsulConfig.at(proxy.host(), proxy.port()).open("lists-" + UUID.randomUUID(), SystemTimeline.instance());

    @AfterEach
    void close() {
        backend.close();
        proxy.close();
    }

    @Test
    void aPageOfALargeDirectoryIsAskedForByNameFromTheSecondListOn() {
        fill(CHILDREN);
        List<Entry> all = page(ListRequest.first(DIRECTORY, CHILDREN)).entries();
        assertThat(all).hasSize(CHILDREN);

        long before = proxy.traffic().bytesToClient();
        Listing first = page(ListRequest.first(DIRECTORY, 10));
        long small = proxy.traffic().bytesToClient() - before;

        assertThat(first.more()).isTrue();
        assertThat(first.entries())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(all.subList(0, 10));
        assertThat(small).as("bytes").isLessThan(CHILDREN * VALUE_BYTES / 4);
    }

    /** To compress what is read again and again costs the agent more than anything else of an answer. */
    @Test
    void answersAreNotCompressed() {
        fill(CHILDREN);

        long before = proxy.traffic().bytesToClient();
        page(ListRequest.first(DIRECTORY, CHILDREN));

        assertThat(proxy.traffic().bytesToClient() - before)
                .as("bytes, of zeros")
                .isGreaterThan(CHILDREN * VALUE_BYTES);
    }

    @Test
    void pagesOfALargeDirectoryShowAllOfItOnce() {
        fill(CHILDREN);
        List<Entry> all = page(ListRequest.first(DIRECTORY, 10_000)).entries();

        List<Entry> paged = new ArrayList<>();
        Listing page = page(ListRequest.first(DIRECTORY, 99));
        paged.addAll(page.entries());
        while (page.more()) {
            page = page(ListRequest.first(DIRECTORY, 99)
                    .after(paged.get(paged.size() - 1).key().name()));
            paged.addAll(page.entries());
        }

        assertThat(paged).usingRecursiveFieldByFieldElementComparator().isEqualTo(all);
    }

    @Test
    void aDirectoryThatShrankIsListedAsItIs() {
        fill(CHILDREN);
        page(ListRequest.first(DIRECTORY, 10));
        for (int from = 0; from < CHILDREN; from += TOGETHER) {
            Transaction.Builder deletion = Transaction.builder();
            IntStream.range(from, from + TOGETHER).forEach(i -> deletion.write(Write.delete(key(i))));
            commit(deletion);
        }

        assertThat(page(ListRequest.first(DIRECTORY, 10))).isEqualTo(new Listing(List.of(), false));
    }

    /** Some entries are always written together, others always replaced by others: no page may show them apart. */
    @Test
    void aPageOfALargeDirectoryIsASnapshot() throws Exception {
        fill(CHILDREN);
        page(ListRequest.first(DIRECTORY, 10));
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int generation = 0;
            while (!over.get()) {
                generation++;
                Transaction.Builder transaction = Transaction.builder();
                for (int i = 0; i < TOGETHER; i++) {
                    transaction.write(Write.put(key(i * 5), new byte[] {(byte) generation}));
                }
                boolean odd = generation % 2 == 1;
                transaction.write(odd ? Write.put(extra("a"), new byte[1]) : Write.delete(extra("a")));
                transaction.write(odd ? Write.delete(extra("b")) : Write.put(extra("b"), new byte[1]));
                commit(transaction);
            }
            return generation;
        });

        Set<Byte> seen = new HashSet<>();
        try {
            for (int i = 0; i < 150; i++) {
                List<Entry> entries = page(ListRequest.first(DIRECTORY, 110)).entries();
                Set<Byte> generations = new HashSet<>();
                entries.stream()
                        .filter(entry -> entry.value().length == 1)
                        .filter(entry -> entry.key().name().startsWith("entry"))
                        .forEach(entry -> generations.add(entry.value()[0]));
                long extras = entries.stream()
                        .filter(entry -> entry.key().name().startsWith("a-extra"))
                        .count();
                assertThat(generations).as("generations in a page").hasSizeLessThanOrEqualTo(1);
                assertThat(extras)
                        .as("entries of which there is always one")
                        .isEqualTo(generations.isEmpty() ? extras : 1);
                seen.addAll(generations);
            }
        } finally {
            over.set(true);
        }

        assertThat(writer.get()).isPositive();
        assertThat(seen).as("changes between the pages").hasSizeGreaterThan(2);
    }

    private void fill(int children) {
        for (int from = 0; from < children; from += TOGETHER) {
            Transaction.Builder transaction = Transaction.builder();
            IntStream.range(from, from + TOGETHER)
                    .forEach(i -> transaction.write(Write.put(key(i), new byte[VALUE_BYTES])));
            commit(transaction);
        }
    }

    private static Key key(int i) {
        return new Key(DIRECTORY, String.format("entry-%04d", i));
    }

    private static Key extra(String name) {
        return new Key(DIRECTORY, "a-extra-" + name);
    }

    private void commit(Transaction.Builder transaction) {
        assertThat(backend.commit(transaction.build(), soon())).isInstanceOf(CommitResult.Committed.class);
    }

    private Listing page(ListRequest request) {
        return backend.list(request, soon());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20), SystemTimeline.instance().ticker());
    }
}
