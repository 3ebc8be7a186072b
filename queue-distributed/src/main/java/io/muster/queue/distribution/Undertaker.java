package io.muster.queue.distribution;

import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore.LeaderDesk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds incarnations that hold jobs and are gone, and takes their jobs back. A loss is confirmed by a linearizable read of the
 * membership, made after the store's list was read: a node registers before it is admitted, so an admitted one that is not listed
 * then is gone. Owned by the leader's loop.
 */
final class Undertaker {
    private static final Logger LOG = LoggerFactory.getLogger(Undertaker.class);
    private static final int JOBS_PER_STEP = 200;

    private final LeaderDesk desk;
    private final Supplier<Set<String>> liveIncarnations;
    private Set<String> lostTogether = Set.of();

    /** {@code liveIncarnations} makes the linearizable read. */
    Undertaker(LeaderDesk desk, Supplier<Set<String>> liveIncarnations) {
        this.desk = desk;
        this.liveIncarnations = liveIncarnations;
    }

    /** What a round found. */
    record Report(int buried, int reclaimed, boolean lookAgain) {}

    /**
     * Buries who is gone, and who is {@code givenUp} though alive. If half of several vanished at once, only looks, and says to look again.
     */
    Report round(Fence fence, Set<String> givenUp) {
        List<IncarnationRecord> known = desk.incarnationsUncounted();
        boolean nothingToLose = known.stream().allMatch(this::isBuriedAndEmpty);
        if (nothingToLose) {
            return new Report(0, 0, false);
        }
        Set<String> live = liveIncarnations.get();
        List<IncarnationRecord> lost = new ArrayList<>();
        int admitted = 0;
        for (IncarnationRecord record : known) {
            admitted += record.status() == IncarnationRecord.Status.ADMITTED ? 1 : 0;
            boolean unfinished = record.status() == IncarnationRecord.Status.BURIED && record.held() > 0;
            boolean here = live.contains(record.incarnation()) && !givenUp.contains(record.incarnation());
            boolean gone = record.status() != IncarnationRecord.Status.BURIED && !here;
            if (unfinished || gone) {
                lost.add(record);
            }
        }
        if (vanishedTogether(lost, admitted)) {
            return new Report(0, 0, true);
        }
        int reclaimed = 0;
        for (IncarnationRecord record : lost) {
            reclaimed += bury(fence, record);
        }
        return new Report(lost.size(), reclaimed, false);
    }

    private int bury(Fence fence, IncarnationRecord lost) {
        int untaken = 0;
        int crashed = 0;
        int failed = 0;
        BuryReport step;
        boolean some;
        do {
            step = desk.bury(fence, lost.incarnation(), JOBS_PER_STEP);
            untaken += step.untaken();
            crashed += step.crashed();
            failed += step.failed();
            some = step.untaken() + step.crashed() + step.failed() > 0;
        } while (some && !step.done());
        if (!step.done()) { // The next round goes on: nothing else of the leader waits for it.
            LOG.warn("Not all jobs of a lost node could be taken back yet incarnation={}", lost.incarnation());
        }
        LOG.info(
                "Took back the jobs of a lost node node={} incarnation={} untaken={} crashed={} failed={}",
                lost.node(),
                lost.incarnation(),
                untaken,
                crashed,
                failed);
        return untaken + crashed + failed;
    }

    /** A coordinator that restarts can lose all sessions at once; nobody is condemned before a second look agrees. */
    private boolean vanishedTogether(List<IncarnationRecord> lost, int admitted) {
        Set<String> names = new HashSet<>();
        lost.forEach(record -> names.add(record.incarnation()));
        boolean many = admitted >= 3 && names.size() * 2 >= admitted;
        boolean seenBefore = lostTogether.containsAll(names);
        lostTogether = many ? names : Set.of();
        return many && !seenBefore;
    }

    private boolean isBuriedAndEmpty(IncarnationRecord record) {
        return record.status() == IncarnationRecord.Status.BURIED && record.held() == 0;
    }
}
