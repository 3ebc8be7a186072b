package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What others put into a directory of the namespace, under names that are no keys of ours, is skipped; all else is there. A backend
 * says how something foreign gets there.
 */
public abstract class ForeignNamesContract {
    protected static final String DIRECTORY = "jobs/high";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    protected final String namespace = "foreign-" + UUID.randomUUID();
    private Backend backend;

    /** Opens a backend on {@link #namespace}. */
    protected abstract Backend open();

    /** Names that the server takes and that are no keys. */
    protected abstract List<String> foreignNames();

    /** Puts something under that name into {@link #DIRECTORY}, past the backend. */
    protected abstract void putForeign(String name) throws Exception;

    @BeforeEach
    final void openBackend() {
        backend = open();
    }

    @AfterEach
    final void closeBackend() {
        backend.close();
    }

    @Test
    final void theyCostNothingElse() throws Exception {
        put("a");
        Seen seen = new Seen();
        backend.watch(DIRECTORY, seen);
        await().atMost(PATIENCE).until(() -> seen.names.contains("a"));
        for (String name : foreignNames()) {
            putForeign(name);
        }
        put("z");

        await().atMost(PATIENCE).until(() -> seen.names.contains("z"));
        Seen later = new Seen();
        backend.watch(DIRECTORY, later);
        await().atMost(PATIENCE).until(() -> later.names.contains("z"));

        assertThat(later.names).containsExactlyInAnyOrder("a", "z");
        assertThat(seen.names).containsExactlyInAnyOrder("a", "z");
        for (int page : List.of(1, 2, 100)) {
            assertThat(names(ListRequest.first(DIRECTORY, page))).containsExactly("a", "z");
            assertThat(names(ListRequest.first(DIRECTORY, page).namesOnly())).containsExactly("a", "z");
        }
        assertThat(isThere("z")).isTrue();
    }

    protected final List<String> names(ListRequest first) {
        List<String> names = new ArrayList<>();
        ListRequest request = first;
        while (true) {
            Listing page = backend.list(request, soon());
            page.entries().forEach(entry -> names.add(entry.key().name()));
            if (!page.more()) {
                return names;
            }
            request = request.after(names.get(names.size() - 1));
        }
    }

    protected final boolean isThere(String name) {
        return backend.read(new Key(DIRECTORY, name), soon()).isPresent();
    }

    protected final void put(String name) {
        backend.commit(
                Transaction.builder()
                        .write(Write.put(new Key(DIRECTORY, name), new byte[] {1}))
                        .build(),
                soon());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), SystemTimeline.instance().ticker());
    }

    private static final class Seen implements WatchListener {
        private final Set<String> names = ConcurrentHashMap.newKeySet();

        @Override
        public void onSnapshot(List<Entry> children) {
            children.forEach(entry -> names.add(entry.key().name()));
        }

        @Override
        public void onChanges(List<Change> changes) {
            changes.forEach(change -> names.add(change.key().name()));
        }
    }
}
