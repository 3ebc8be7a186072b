package io.muster.queue.memory;

import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps jobs in this process: nothing survives it. Bounded: a push beyond {@link MemoryOptions#maxJobs} fails at once.
 *
 * <p>An object of this class is a handle: nodes of one JVM that open the same name share the jobs, which last until the last
 * handle of the name is closed. Due moments are judged by the clock of the timeline that opened the name first. Hints run on
 * a loop of the handle's own timeline, so that everything is deterministic on a manual one. Thread-safe; nothing blocks
 * longer than another caller's operation takes.
 *
 * <p>Ids of settled jobs are remembered as the leader's retention says, but not more than the last 100,000 completed and
 * 10,000 failed ones.
 */
public final class MemoryStore implements JobStore {
    private static final int MOST_PAYLOAD_BYTES = 1 << 20;
    private static final int MOST_PUSH_BATCH = 1000;
    private static final int MOST_PUSH_BYTES = 64 << 20;
    private static final Duration REMEMBERS_IDS_FOR = Duration.ofMinutes(10);
    private static final StoreCapabilities CAPABILITIES = new StoreCapabilities(
            "memory",
            MOST_PAYLOAD_BYTES,
            MOST_PUSH_BATCH,
            MOST_PUSH_BYTES,
            REMEMBERS_IDS_FOR,
            true,
            "Nothing survives the process.");

    private static final Map<String, Shared> SHARED = new HashMap<>();

    private final Memory memory;
    private final Loop loop;
    private final Runnable whenClosed;
    private final Intake intake;
    private final LeaderDesk leader;
    private final NodeDesk nodes;
    private final ScheduleDesk schedules;
    private final BatchDesk batches;
    private final LimitDesk limits;
    private volatile boolean closed;

    private MemoryStore(Memory memory, Timeline timeline, Runnable whenClosed) {
        this.memory = memory;
        this.loop = timeline.loop("memory-store-hints");
        this.whenClosed = whenClosed;
        MemoryIntake pushing = new MemoryIntake(this);
        this.intake = pushing;
        this.schedules = new MemoryScheduleDesk(this, pushing);
        this.batches = new MemoryBatchDesk(this, pushing);
        this.leader = new MemoryLeaderDesk(this);
        this.nodes = new MemoryNodeDesk(this);
        this.limits = new MemoryLimitDesk(this);
    }

    /** A store of its own. */
    public static MemoryStore open(MemoryOptions options, Timeline timeline) {
        return new MemoryStore(new Memory(options, timeline), timeline, () -> {});
    }

    /**
     * A handle to the store of that name in this JVM.
     *
     * @throws IllegalArgumentException it is open with other options
     */
    public static MemoryStore open(String name, MemoryOptions options, Timeline timeline) {
        synchronized (SHARED) {
            Shared shared = SHARED.computeIfAbsent(name, first -> new Shared(new Memory(options, timeline)));
            if (!shared.memory.options.equals(options)) {
                throw new IllegalArgumentException("Memory store \"" + name + "\" is open with " + shared.memory.options
                        + " already, not with " + options);
            }
            shared.handles++;
            return new MemoryStore(shared.memory, timeline, () -> release(name, shared));
        }
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Intake intake() {
        return intake;
    }

    @Override
    public LeaderDesk leader() {
        return leader;
    }

    @Override
    public NodeDesk nodes() {
        return nodes;
    }

    @Override
    public LimitDesk limits() {
        return limits;
    }

    @Override
    public ScheduleDesk schedules() {
        return schedules;
    }

    @Override
    public BatchDesk batches() {
        return batches;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        loop.close();
        whenClosed.run();
    }

    <T> T alone(Memory.Operation<T> operation) {
        if (closed) {
            throw new StoreUnavailableException("This handle of the memory store is closed; nothing was applied");
        }
        return memory.alone(operation);
    }

    int maxJobs() {
        return memory.options.maxJobs();
    }

    Hints hints() {
        return memory.hints;
    }

    Loop loop() {
        return loop;
    }

    private static void release(String name, Shared shared) {
        synchronized (SHARED) {
            shared.handles--;
            if (shared.handles == 0) {
                SHARED.remove(name);
            }
        }
    }

    private static final class Shared {
        private final Memory memory;
        private int handles;

        Shared(Memory memory) {
            this.memory = memory;
        }
    }
}
