package io.muster.chaos.run;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.chaos.node.Leaders;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.Subscription;
import io.muster.queue.Queue;
import io.muster.queue.store.IncarnationRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the store all the while and writes down what changes there, who leads, also among servers, and how late this machine is. */
final class Observer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);
    private static final long LOOK_MILLIS = 150;
    private static final long BEAT_MILLIS = 25;
    private static final long LATE_MILLIS = 100;
    private static final long MILLI = 1_000_000;

    private final Queue queue;
    private final Scribe scribe;
    private final Roles roles;
    private final Subscription leaders;
    private final Subscription leaderName;
    private final Subscription session;
    private final Map<String, IncarnationRecord> known = new HashMap<>();
    private final Map<String, String> incarnationOfNode = new ConcurrentHashMap<>();
    private volatile Optional<String> leader = Optional.empty();
    private volatile boolean over;

    Observer(Queue queue, List<Site> sites, Scribe scribe) {
        this.queue = queue;
        this.scribe = scribe;
        this.roles = new Roles(sites, scribe);
        this.leaders = Leaders.tell(queue, scribe);
        this.leaderName = queue.cluster()
                .onLeader(
                        Queue.GROUP,
                        seen -> seen.ifPresent(
                                now -> leader = Optional.of(now.node().name())));
        this.session = queue.cluster().onSession((node, status) -> shaken(status));
        start("observer", this::observe);
        start("beat", this::beat);
    }

    private void shaken(SessionStatus status) {
        if (!status.isActive() && !over) {
            scribe.write(Kind.SHAKEN, Map.of("state", status.state().name()));
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    Optional<String> leader() {
        return leader;
    }

    /** The latest incarnation of a node that the store had admitted; empty text if none was seen. */
    String incarnationOf(String node) {
        return incarnationOfNode.getOrDefault(node, "");
    }

    private void observe() {
        while (!over) {
            try {
                note(queue.store().leader().incarnations());
            } catch (RuntimeException e) {
                LOG.debug("The store does not say who is admitted; asked again", e);
            }
            pause(LOOK_MILLIS);
        }
    }

    private void note(List<IncarnationRecord> now) {
        Set<String> gone = new HashSet<>(known.keySet());
        for (IncarnationRecord record : now) {
            gone.remove(record.incarnation());
            IncarnationRecord before = known.put(record.incarnation(), record);
            if (record.status() == IncarnationRecord.Status.ADMITTED) {
                incarnationOfNode.put(record.node(), record.incarnation());
            }
            boolean changed = before == null
                    || before.status() != record.status()
                    || (before.held() == 0) != (record.held() == 0);
            if (changed) {
                write(record.incarnation(), record.node(), record.status().name(), record.held());
            }
        }
        gone.forEach(incarnation -> {
            IncarnationRecord last = known.remove(incarnation);
            write(incarnation, last == null ? "" : last.node(), "GONE", 0);
        });
    }

    private void write(String incarnation, String node, String status, int held) {
        scribe.write(
                Kind.INCARNATION,
                Map.of("incarnation", incarnation, "node", node, "status", status, "held", Integer.toString(held)));
    }

    private void beat() {
        while (!over) {
            long before = System.nanoTime();
            pause(BEAT_MILLIS);
            long late = (System.nanoTime() - before) / MILLI - BEAT_MILLIS;
            if (late > LATE_MILLIS) {
                scribe.write(Kind.LAG, Map.of("millis", Long.toString(late)));
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over = true;
        roles.close();
        leaders.close();
        leaderName.close();
        session.close();
    }
}
