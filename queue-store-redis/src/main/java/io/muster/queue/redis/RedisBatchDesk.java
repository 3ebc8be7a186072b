package io.muster.queue.redis;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class RedisBatchDesk implements BatchDesk {
    private static final int LISTED_AT_ONCE = 20;
    private static final int PRUNED_AT_ONCE = 100;
    private static final String FROM_THE_NEWEST = "inf";
    private static final long FOR_EVER = -1;

    private final Server server;
    private final RedisIntake intake;
    private final Timeline timeline;

    RedisBatchDesk(Server server, RedisIntake intake, Timeline timeline) {
        this.server = server;
        this.intake = intake;
        this.timeline = timeline;
    }

    @Override
    public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
        batch.checkMembers(members);
        intake.checkSizes(members);
        batch.callbacks().values().forEach(callback -> intake.checkSizes(List.of(callback.job())));
        long now = timeline.clock().millis();
        List<Object> arguments = new ArrayList<>(List.of(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures() ? 1 : 0,
                batch.open() ? 1 : 0,
                batch.callbacks().size()));
        batch.callbacks().forEach((event, callback) -> {
            arguments.add(event.word());
            arguments.add(BatchRecords.callback(callback, now));
        });
        arguments.add(members.size());
        members.forEach(member -> RedisIntake.addSpecial(arguments, member, now));
        List<?> answer = server.write(StoreScripts.CREATE_BATCH, server.deadline(), arguments.toArray());
        return RedisIntake.outcomes(members, answer.subList(1, answer.size()));
    }

    @Override
    public void seal(String batchId) {
        server.write(StoreScripts.SEAL_BATCH, server.deadline(), batchId);
    }

    @Override
    public Optional<StoredBatch> find(String batchId) {
        return BatchRecords.read(server.read(StoreScripts.FIND_BATCH, server.deadline(), batchId));
    }

    @Override
    public BatchPage list(Optional<String> from, int limit) {
        Deadline deadline = server.deadline();
        List<StoredBatch> batches = new ArrayList<>();
        String before = from.orElse(FROM_THE_NEWEST);
        boolean more = true;
        while (more && batches.size() < limit) {
            int asked = Math.min(LISTED_AT_ONCE, limit - batches.size());
            List<?> answer = server.read(StoreScripts.LIST_BATCHES, deadline, before, asked);
            for (int i = 0; i < answer.size(); i += 2) {
                before = JobRecords.string((byte[]) answer.get(i));
                BatchRecords.read((List<?>) answer.get(i + 1)).ifPresent(batches::add);
            }
            more = answer.size() == 2 * asked;
        }
        more = more
                && !server.read(StoreScripts.LIST_BATCHES, deadline, before, 1).isEmpty();
        return new BatchPage(batches, more ? Optional.of(before) : Optional.empty());
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        List<?> answer = server.write(StoreScripts.CANCEL_BATCH, server.deadline(), batchId);
        return BatchRecords.read((List<?>) answer.get(1));
    }

    /** By the server's clock. */
    @Override
    public int prune(BatchAges ages, Instant now, int limit) {
        Deadline deadline = server.deadline();
        int pruned = 0;
        int asked;
        int last;
        do {
            asked = Math.min(PRUNED_AT_ONCE, limit - pruned);
            List<?> answer = server.write(
                    StoreScripts.PRUNE_BATCHES,
                    deadline,
                    asked,
                    millis(ages.finished()),
                    millis(ages.unfinished()),
                    millis(ages.cancelled()));
            last = ((Long) answer.get(1)).intValue();
            pruned += last;
        } while (last == asked && pruned < limit);
        return pruned;
    }

    private static long millis(Optional<Duration> age) {
        return age.map(JobRecords::millis).orElse(FOR_EVER);
    }
}
