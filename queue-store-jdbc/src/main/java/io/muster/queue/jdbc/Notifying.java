package io.muster.queue.jdbc;

import io.muster.cluster.time.Loop;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other processes by NOTIFY, never inside the transaction that gave the reason: PostgreSQL commits transactions with a NOTIFY one
 * after the other. The first message goes at once, those that come meanwhile or soon after go together. What cannot be
 * sent is dropped: who waits looks by itself now and then.
 */
final class Notifying implements Wakes.Others, AutoCloseable {
    static final String READY = "ready";
    static final String PUSHED = "pushed ";
    static final String ASSIGNED = "assigned ";

    private static final Logger LOG = LoggerFactory.getLogger(Notifying.class);
    private static final Duration GAP = Duration.ofMillis(5);
    private static final Duration LONGEST_GAP = Duration.ofMillis(20);
    /** So many reasons within a gap are a stream, of which few messages are enough. */
    private static final int STREAM = 10;

    private static final int MOST_QUEUES = 20;
    /** A longer message is refused. */
    private static final int MOST_CHARACTERS = 1000;

    /** Nothing is lost with a message, so its commit does not wait for the disk. */
    private static final String NOTIFY =
            "SELECT set_config('synchronous_commit', 'off', true), pg_notify(?, message) FROM unnest(?) AS message";

    private final Database database;
    private final Loop loop;
    private final Set<String> waiting = new TreeSet<>();
    private boolean posted;
    private int reasons;
    private Duration gap = GAP;

    Notifying(Database database) {
        this.database = database;
        this.loop = database.timeline.loop("jdbc-store-notify");
    }

    @Override
    public void ready() {
        add(List.of(READY));
    }

    @Override
    public void pushed(Set<String> queues) {
        boolean few =
                queues.size() <= MOST_QUEUES && queues.stream().allMatch(queue -> queue.length() <= MOST_CHARACTERS);
        add(few ? queues.stream().map(queue -> PUSHED + queue).toList() : List.of(READY));
    }

    @Override
    public void assigned(Collection<String> incarnations) {
        add(incarnations.stream().map(incarnation -> ASSIGNED + incarnation).toList());
    }

    @Override
    public void close() {
        loop.close();
    }

    private synchronized void add(Collection<String> messages) {
        waiting.addAll(messages);
        reasons++;
        if (!posted) {
            posted = true;
            loop.post(this::send);
        }
    }

    private synchronized List<String> drain() {
        List<String> messages = new ArrayList<>(waiting);
        waiting.clear();
        posted = !messages.isEmpty();
        gap = nextGap(gap, reasons);
        reasons = 0;
        return messages;
    }

    /** Who tells of one thing after the other waits longer, but not for long. */
    static Duration nextGap(Duration last, int reasons) {
        Duration longer = last.multipliedBy(2);
        return reasons < STREAM ? GAP : longer.compareTo(LONGEST_GAP) < 0 ? longer : LONGEST_GAP;
    }

    private synchronized Duration gap() {
        return gap;
    }

    /** Until nothing was waiting, with a gap after each message. */
    private void send() {
        List<String> messages = drain();
        if (messages.isEmpty()) {
            return;
        }
        try (Connection connection = database.connect();
                PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
            notify.setString(1, database.tables.jobs());
            notify.setArray(2, connection.createArrayOf("text", messages.toArray(String[]::new)));
            notify.executeQuery().close();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("Could not notify database={} reason={}", database.shown(), e.toString());
        }
        loop.schedule(gap(), this::send);
    }
}
