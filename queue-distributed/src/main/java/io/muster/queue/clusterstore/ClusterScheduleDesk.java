package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredSchedule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One entry per schedule: its version and its document. A firing is one transaction. */
final class ClusterScheduleDesk implements ScheduleDesk {
    private static final String UNREADABLE = "unreadable";

    private final ForeignNames foreign = new ForeignNames();
    private final Coordinator coordinator;
    private final StoreCapabilities capabilities;
    private final ClusterIntake intake;
    private final Fences fences;

    ClusterScheduleDesk(Coordinator coordinator, StoreCapabilities capabilities, ClusterIntake intake) {
        this.coordinator = coordinator;
        this.capabilities = capabilities;
        this.intake = intake;
        this.fences = new Fences(coordinator);
    }

    @Override
    public List<StoredSchedule> list() {
        return coordinator.all(StoreKeys.SCHEDULES).stream()
                .map(this::read)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(StoredSchedule::name))
                .toList();
    }

    @Override
    public Optional<StoredSchedule> find(String name) {
        return coordinator.read(StoreKeys.schedule(name)).flatMap(this::read);
    }

    @Override
    public boolean put(StoredSchedule schedule, Optional<String> replaced) {
        schedule.requireFits(capabilities);
        return change(schedule.name(), replaced, Write.put(StoreKeys.schedule(schedule.name()), bytes(schedule)));
    }

    @Override
    public boolean remove(String name, String version) {
        return change(name, Optional.of(version), Write.delete(StoreKeys.schedule(name)));
    }

    private boolean change(String name, Optional<String> replaced, Write write) {
        Key key = StoreKeys.schedule(name);
        Optional<Entry> current = coordinator.read(key);
        if (!current.flatMap(this::read).map(StoredSchedule::version).equals(replaced)) {
            return false;
        }
        Transaction change = Transaction.builder()
                .require(current.map(Compare::unchanged).orElse(Compare.absent(key)))
                .write(write)
                .write(Write.put(StoreKeys.SCHEDULES_MARK, new byte[0]))
                .build();
        return coordinator.commit(change) instanceof CommitResult.Committed;
    }

    @Override
    public List<FireResult> fire(Fence fence, List<Firing> firings) {
        List<FireResult> results = new ArrayList<>();
        for (Firing firing : firings) {
            firing.next().requireFits(capabilities);
            results.add(fire(fence, firing));
        }
        return List.copyOf(results);
    }

    /** A conflict says what to look at: the fence, the schedule, or a job's id or key. */
    private FireResult fire(Fence fence, Firing firing) {
        Key key = StoreKeys.schedule(firing.next().name());
        PushBatch batch = intake.begin(firing.jobs());
        while (true) {
            Compare guard = fences.guard(fence);
            Optional<Entry> current = coordinator.read(key);
            boolean expected = current.flatMap(this::read)
                    .filter(read -> read.version().equals(firing.expected()))
                    .isPresent();
            if (!expected) {
                return new FireResult.Moved();
            }
            batch.judgeBatches();
            if (!batch.isDecided()) {
                intake.makeRoom(batch);
            }
            Transaction.Builder transaction = Transaction.builder()
                    .require(guard)
                    .require(Compare.unchanged(current.orElseThrow()))
                    .write(Write.put(key, bytes(firing.next())));
            CommitResult result = coordinator.commit(batch.addTo(transaction).build());
            if (result instanceof CommitResult.Conflict conflict) {
                Set<Key> keys = conflict.keys();
                batch.look(keys);
            } else {
                intake.pushed(batch);
                return new FireResult.Fired(batch.outcomes());
            }
        }
    }

    private static byte[] bytes(StoredSchedule schedule) {
        ObjectNode header = Documents.JSON.createObjectNode();
        header.put("schedule", schedule.name()).put("version", schedule.version());
        return Documents.bytes(header, schedule.document());
    }

    /** A record that cannot be read has a version by which it can be removed, and no document. */
    private Optional<StoredSchedule> read(Entry entry) {
        String name = Key.text(entry.key().name());
        try {
            JsonNode header = Documents.header(entry.value());
            return StoredSchedule.found(
                    foreign, name, header.path("version").asText(UNREADABLE), Documents.payload(entry.value()));
        } catch (IOException e) {
            return StoredSchedule.found(foreign, name, UNREADABLE, new byte[0]);
        }
    }
}
