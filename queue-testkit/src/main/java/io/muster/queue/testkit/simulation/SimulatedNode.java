package io.muster.queue.testkit.simulation;

import io.muster.cluster.ClusterException;
import io.muster.cluster.local.FaultPlan;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.queue.Queue;
import io.muster.queue.QueueException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A node's process over its lives, and all that can happen to it. */
final class SimulatedNode implements Network.Sender, FaultPlan {
    private static final Duration LONGEST_SKEW = Simulation.CLOCKS_DIFFER;

    private final String name;
    private final ManualTimeline timeline;
    private final Function<Network.Sender, Network> networks;
    private final Random random;
    private final History history;
    private final Opening opening;
    private int life;
    private ManualNode process;
    private LocalFaults faults = new LocalFaults();
    private Network network;
    private boolean alive;
    private boolean safe;
    private Optional<Queue> queue = Optional.empty();

    /** Begins a life. */
    @FunctionalInterface
    interface Opening {
        Queue open(SimulatedNode node, ManualNode process, LocalFaults faults, Network network);
    }

    SimulatedNode(
            String name,
            ManualTimeline timeline,
            Function<Network.Sender, Network> networks,
            Random random,
            History history,
            Opening opening) {
        this.name = name;
        this.timeline = timeline;
        this.networks = networks;
        this.random = random;
        this.history = history;
        this.opening = opening;
        this.process = timeline.node(name + "-0");
        this.network = networks.apply(this);
    }

    String name() {
        return name;
    }

    ManualNode process() {
        return process;
    }

    boolean leads() {
        return alive && queue.map(Queue::leads).orElse(false);
    }

    void begin() {
        life++;
        process = timeline.node(name + "-" + life);
        process.skewClock(Duration.ofMillis(random.nextInt((int) LONGEST_SKEW.toMillis())));
        faults = new LocalFaults();
        network = networks.apply(this);
        queue = Optional.empty();
        history.note(name + " begins life " + life);
        alive = true;
        try {
            queue = Optional.of(opening.open(this, process, faults, network));
            if (!safe) {
                faults.plan(this);
                network.is(Network.Trouble.UNRELIABLE);
            }
        } catch (ClusterException | QueueException e) {
            history.note(name + " could not begin: " + e.getMessage());
            kill();
        } catch (Error e) {
            if (!process.isKilled()) {
                throw e;
            }
            history.note(name + " died while it began");
        }
    }

    void beginIfDead() {
        if (!alive) {
            begin();
        }
    }

    void kill() {
        if (alive) {
            history.note(name + " is killed");
            alive = false;
            faults.cut();
            process.kill();
        }
    }

    /** Called by what runs in it. */
    void die() {
        kill();
        checkAlive();
    }

    void pause() {
        if (alive) {
            history.note(name + " is paused");
            process.pause();
        }
    }

    void resume() {
        if (alive && process.isPaused()) {
            history.note(name + " goes on");
            process.resume();
        }
    }

    void cut() {
        history.note(name + " is cut off the coordinator");
        faults.cut();
    }

    void silenceWatches() {
        history.note(name + " hears nothing of changes");
        faults.silenceWatches();
    }

    void heal() {
        if (alive) {
            faults.heal();
            faults.resumeWatches();
        }
    }

    void loseStore() {
        if (alive) {
            history.note(name + " loses the store");
            network.is(Network.Trouble.CUT);
        }
    }

    void regainStore() {
        network.is(safe ? Network.Trouble.NONE : Network.Trouble.UNRELIABLE);
    }

    void expire() {
        if (alive) {
            history.note(name + "'s session is ended");
            faults.expireSessions();
        }
    }

    void jumpClock() {
        Duration offset =
                Duration.ofMillis(random.nextInt(2 * (int) LONGEST_SKEW.toMillis()) - LONGEST_SKEW.toMillis());
        history.note(name + "'s clock jumps to " + offset.toMillis() + " ms from the others'");
        process.skewClock(offset);
    }

    /** From now on it lives and keeps its session, but much is lost between it and the store. */
    void makeSteady() {
        makeSafe();
        network.is(Network.Trouble.LOSSY);
    }

    /** From now on nothing befalls it. */
    void makeSafe() {
        safe = true;
        faults.plan(FaultPlan.NONE);
        regainStore();
        heal();
        resume();
        process.skewClock(Duration.ZERO);
    }

    @Override
    public void atRisk(String where) {
        if (safe) {
            return;
        }
        int dice = random.nextInt(leads() ? 200 : 500);
        if (dice == 0) {
            history.note(name + " hangs " + where);
            process.stall(Simulation.TTL.multipliedBy(2));
            checkAlive();
        } else if (dice == 1 && random.nextInt(4) == 0) {
            history.note(name + " dies " + where);
            die();
        }
    }

    /** What waits in a process that is killed never goes on. */
    @Override
    public void checkAlive() {
        if (process.isKilled()) {
            process.await(new CompletableFuture<Void>(), Deadline.after(Duration.ZERO, process.ticker()));
        }
    }

    @Override
    public void heardTooLate(RuntimeException refusal) {
        history.note("a late request of " + name + " was refused: "
                + refusal.getClass().getSimpleName());
    }

    @Override
    public Fault before(Operation operation) {
        checkAlive();
        if (operation == Operation.COMMIT) {
            atRisk("before a commit");
        }
        return switch (random.nextInt(160)) {
            case 0 -> Fault.REPLY_LOST;
            case 1 -> Fault.REQUEST_LOST;
            case 2 -> Fault.UNREACHABLE;
            default -> Fault.NONE;
        };
    }

    @Override
    public Delivery delivery() {
        return switch (random.nextInt(40)) {
            case 0 -> new Delivery(Duration.ofMillis(random.nextInt(1_000)), Delivery.Form.ONCE);
            case 1 -> new Delivery(Duration.ZERO, Delivery.Form.TWICE);
            case 2 -> new Delivery(Duration.ZERO, Delivery.Form.SNAPSHOT);
            default -> Delivery.PROMPT;
        };
    }
}
