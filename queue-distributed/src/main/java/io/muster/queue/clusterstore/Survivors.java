package io.muster.queue.clusterstore;

import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.Incarnations.Life;
import io.muster.queue.store.IncarnationRecord.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes back the crashes that a burial counted, when the buried process turns out to have lived. */
final class Survivors {
    private final Coordinator coordinator;
    private final Incarnations incarnations;

    Survivors(Coordinator coordinator, Incarnations incarnations) {
        this.coordinator = coordinator;
        this.incarnations = incarnations;
    }

    void survived(String lost) {
        Optional<Life> life = incarnations.fresh(lost);
        while (life.isPresent() && !life.get().survived()) {
            Life found = life.get();
            CommitResult result = coordinator.commit(Transaction.builder()
                    .require(Compare.unchanged(found.entry()))
                    .write(Write.put(found.entry().key(), found.value(found.status(), true, List.of())))
                    .build());
            if (result instanceof CommitResult.Committed) {
                if (found.status() == Status.BURIED) {
                    found.crashed().forEach(jobId -> takeBack(jobId, lost));
                }
                return;
            }
            life = incarnations.fresh(lost);
        }
    }

    private void takeBack(String jobId, String lost) {
        Optional<Entry> found = find(jobId);
        while (found.isPresent()) {
            JobDocument job;
            try {
                job = Documents.read(found.get().value());
            } catch (Documents.UnreadableException e) {
                return;
            }
            JobDocument innocent = job.survived(lost);
            if (innocent.equals(job)) {
                return;
            }
            if (coordinator.commit(change(found.get(), innocent)) instanceof CommitResult.Committed) {
                return;
            }
            found = find(jobId);
        }
    }

    /** Those who keep the document in a cache look again. */
    private static Transaction change(Entry lies, JobDocument innocent) {
        Transaction.Builder change = Transaction.builder()
                .require(Compare.unchanged(lies))
                .write(Write.put(lies.key(), Documents.write(innocent)));
        Burials.marks(Set.of(innocent.job().queue())).forEach(change::write);
        return change.build();
    }

    private Optional<Entry> find(String jobId) {
        Optional<Entry> id = coordinator.read(StoreKeys.id(jobId));
        if (id.isEmpty()) {
            return Optional.empty();
        }
        String queue = IdRecord.read(id.get().value()).queue();
        List<Key> keys = new ArrayList<>();
        coordinator.names(StoreKeys.ready(queue)).forEach(entry -> keys.add(entry.key()));
        coordinator.names(StoreKeys.delayed(queue)).forEach(entry -> keys.add(entry.key()));
        Optional<Key> waiting = keys.stream()
                .filter(key -> StoreKeys.jobIdOf(key).equals(jobId))
                .findFirst();
        return waiting.or(() -> held(jobId)).flatMap(coordinator::read);
    }

    private Optional<Key> held(String jobId) {
        return incarnations.all().stream()
                .flatMap(life -> coordinator.names(StoreKeys.held(life.incarnation())).stream())
                .map(Entry::key)
                .filter(key -> StoreKeys.heldName(key).jobId().equals(jobId))
                .findFirst();
    }
}
