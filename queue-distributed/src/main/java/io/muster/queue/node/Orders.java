package io.muster.queue.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.muster.cluster.Cluster;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators order the whole cluster: to restart, to go into maintenance and out of it. Kept in the coordinator, so that nodes that are
 * away or not yet there obey too, whoever leads. Each order has a number that is above all earlier ones of its kind: by it a node tells
 * what it has obeyed already, and which of two states is the newer, whichever it hears first. Thread-safe. K4, K6
 */
public final class Orders {
    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);
    private static final String DIRECTORY = "orders";
    private static final Key RESTART = new Key(DIRECTORY, "restart");
    private static final Key MAINTENANCE = new Key(DIRECTORY, "maintenance");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Above it no order could be given any more: the milliseconds of the year 9999. */
    private static final long HIGHEST = 253_402_300_799_999L;

    private final Cluster cluster;
    private final Backend backend;
    private final Timeline timeline;

    public Orders(Cluster cluster) {
        this.cluster = cluster;
        this.backend = cluster.backend();
        this.timeline = cluster.options().timeline();
    }

    /**
     * What holds.
     *
     * @param restart number of the last restart signal; zero if there was none
     * @param number of the last order that began or ended maintenance; zero if there was none
     */
    public record Standing(long restart, long number, Optional<Maintenance> maintenance) {
        static final Standing NONE = new Standing(0, 0, Optional.empty());

        /** With what is newer in another. */
        Standing and(Standing other) {
            Standing newer = other.number > number ? other : this;
            return new Standing(Math.max(restart, other.restart), newer.number, newer.maintenance);
        }
    }

    /** An order as it is kept; {@code by} is absent where there is none. */
    private record Order(long number, @Nullable String by, @Nullable String reason, long atMillis) {
        Optional<Maintenance> maintenance() {
            return by == null
                    ? Optional.empty()
                    : Optional.of(new Maintenance(by, reason == null ? "" : reason, Instant.ofEpochMilli(atMillis)));
        }
    }

    /** A linearizable read of each. */
    public Standing read() {
        return new Standing(order(backend.read(RESTART, deadline())).number(), 0, Optional.empty())
                .and(maintenance(order(backend.read(MAINTENANCE, deadline()))));
    }

    /**
     * Tells all pools of the cluster to finish what runs and begin anew. Returns once the signal is kept.
     *
     * @throws OutcomeUnknownException it may be kept; to repeat it restarts them once more at worst
     */
    public void restart() {
        order(RESTART, Optional.empty(), "");
    }

    /** Begins maintenance, or says anew by whom and why. May be repeated. */
    public void down(String by, String reason) {
        order(MAINTENANCE, Optional.of(by), reason);
    }

    /** Ends maintenance. May be repeated. */
    public void up() {
        order(MAINTENANCE, Optional.empty(), "");
    }

    /** Calls with what holds soon after each order, and after every gap; parts of it may be older than what was read before. */
    public Subscription watch(Consumer<Standing> changed) {
        return backend.watch(DIRECTORY, new WatchListener() {
            @Override
            public void onSnapshot(List<Entry> children) {
                children.forEach(entry -> changed.accept(standing(entry)));
            }

            @Override
            public void onChanges(List<Change> changes) {
                changes.forEach(change -> change.entry().ifPresent(entry -> changed.accept(standing(entry))));
            }
        });
    }

    static Standing standing(Entry entry) {
        if (entry.key().equals(RESTART)) {
            return new Standing(order(Optional.of(entry)).number(), 0, Optional.empty());
        }
        return entry.key().equals(MAINTENANCE) ? maintenance(order(Optional.of(entry))) : Standing.NONE;
    }

    private static Standing maintenance(Order order) {
        return new Standing(0, order.number(), order.maintenance());
    }

    /** Numbers grow with the clock, so that they do also after the coordinator was wiped. */
    private void order(Key key, Optional<String> by, String reason) {
        CommitResult result;
        do {
            Optional<Entry> last = backend.read(key, deadline());
            long now = timeline.clock().instant().toEpochMilli();
            Order order = new Order(Math.max(order(last).number() + 1, now), by.orElse(null), reason, now);
            result = backend.commit(
                    Transaction.builder()
                            .require(last.map(Compare::unchanged).orElseGet(() -> Compare.absent(key)))
                            .write(Write.put(key, written(order)))
                            .build(),
                    deadline());
        } while (result instanceof CommitResult.Conflict);
    }

    private static byte[] written(Order order) {
        try {
            return JSON.writeValueAsBytes(order);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An order cannot be written as JSON", e);
        }
    }

    /** What cannot be read, of a later version perhaps, orders nothing. */
    private static Order order(Optional<Entry> entry) {
        Order none = new Order(0, null, null, 0);
        if (entry.isEmpty()) {
            return none;
        }
        try {
            Order read = JSON.readValue(entry.get().value(), Order.class);
            return read == null || read.number() > HIGHEST ? none : read;
        } catch (IOException e) {
            LOG.warn(
                    "Cannot read an order to the cluster; it is not obeyed key={}",
                    entry.get().key(),
                    e);
            return none;
        }
    }

    private Deadline deadline() {
        return Deadline.after(cluster.options().callTimeout(), timeline.ticker());
    }
}
