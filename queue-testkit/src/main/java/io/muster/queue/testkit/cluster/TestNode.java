package io.muster.queue.testkit.cluster;

import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.queue.Queue;
import io.muster.queue.testkit.store.FailingStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A process of a {@link TestCluster}, over its lives. Used by the test's thread only. */
public final class TestNode {
    private final String name;
    private final Opening opening;
    private int life;
    private @Nullable Life current;
    private boolean cutOff;
    private boolean storeLost;

    /** What one life consists of. */
    record Life(ManualNode process, LocalFaults faults, FailingStore store, Queue queue) {}

    /** Begins a life of a node. */
    @FunctionalInterface
    interface Opening {
        Life open(String node, String process);
    }

    TestNode(String name, Opening opening) {
        this.name = name;
        this.opening = opening;
    }

    public String name() {
        return name;
    }

    /** Its part in the cluster, to push and to look; also while it is paused or cut off. */
    public Queue queue() {
        return alive().queue();
    }

    public boolean isAlive() {
        return current != null;
    }

    /** Whether it leads the cluster and still trusts that. */
    public boolean leads() {
        return current != null && current.queue().leads();
    }

    /** Ends the process as SIGKILL does, in the middle of whatever it does. Others notice when its session is over. Nothing if it is dead. */
    public void kill() {
        Life ended = current;
        if (ended != null) {
            current = null;
            ended.faults().cut();
            ended.process().kill();
            ended.store().close();
        }
    }

    /** Begins a process of the same name after {@link #kill}. */
    public void restart() {
        if (current != null) {
            throw new IllegalStateException(name + " is alive; kill it first");
        }
        cutOff = false;
        storeLost = false;
        begin();
    }

    /** Stops the process as SIGSTOP does or a long collection: time passes, nothing of it runs. */
    public void pause() {
        alive().process().pause();
    }

    /** Continues it: all that became due meanwhile runs with the next {@link TestCluster#advance}. */
    public void resume() {
        alive().process().resume();
    }

    /** Cuts it off the coordinator: its session ends by and by, the store still answers. */
    public void cutOff() {
        alive().faults().cut();
        cutOff = true;
    }

    /** Cuts it off the store: the coordinator still answers. */
    public void cutOffStore() {
        alive().store().refuseAll();
        storeLost = true;
    }

    /** Ends {@link #cutOff} and {@link #cutOffStore}. */
    public void heal() {
        alive().faults().heal();
        alive().store().heal();
        cutOff = false;
        storeLost = false;
    }

    /** Ends its session at the coordinator at once, while the process goes on. */
    public void loseSession() {
        alive().faults().expireSessions();
    }

    /** Sets its wall clock wrong by {@code offset}. */
    public void skewClock(Duration offset) {
        alive().process().skewClock(offset);
    }

    void begin() {
        life++;
        current = opening.open(name, name + "-" + life);
    }

    ManualNode process() {
        return alive().process();
    }

    private Life alive() {
        Life life = current;
        if (life == null) {
            throw new IllegalStateException(name + " is dead; restart() begins it anew");
        }
        return life;
    }

    /** Its name and how it is. */
    @Override
    public String toString() {
        Life now = current;
        if (now == null) {
            return name + " is dead";
        }
        String state = now.process().isPaused() ? " is paused" : " is alive";
        return name
                + state
                + (now.queue().leads() ? ", leads" : "")
                + (cutOff ? ", cut off the coordinator" : "")
                + (storeLost ? ", cut off the store" : "");
    }
}
