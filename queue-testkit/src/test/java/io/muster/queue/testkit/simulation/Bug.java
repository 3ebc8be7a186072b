package io.muster.queue.testkit.simulation;

import io.muster.queue.testkit.simulation.Simulation.Home;
import java.util.Optional;
import java.util.function.Supplier;

/** Bugs of the protocol, each of which some seed has to find. */
enum Bug {
    /** The store takes the word of a leader whose term is over. */
    TERM_IS_NOT_COMPARED(StoreBugs::termIsNotCompared),
    /** What a buried incarnation settles is taken for accepted. */
    THE_BURIED_SETTLE(StoreBugs::theBuriedSettle),
    /** A settlement is taken for that of the current attempt, whichever it is of. */
    ATTEMPT_IS_NOT_COMPARED(StoreBugs::attemptIsNotCompared),
    /** What a lost node held is forgotten. */
    NOTHING_IS_RECLAIMED(StoreBugs::nothingIsReclaimed),
    /** What a lost node held is handed out again while it may still settle. */
    RECLAIMED_WITHOUT_BURYING(StoreBugs::reclaimedWithoutBurying),
    /** What a pool that closes or is too slow has begun is taken back from it too. */
    STARTED_JOBS_ARE_REVOKED(StoreBugs::startedJobsAreRevoked),
    /** After a lost reply nobody asks what was in it. */
    LOST_REPLIES_ARE_NOT_DELIVERED_AGAIN(StoreBugs::lostRepliesAreNotDeliveredAgain),
    /** A node that hears nothing of the store keeps what it holds as long as its session lives. */
    NODES_WITHOUT_STORE_ARE_NOT_RECLAIMED(NodeBugs::nodesWithoutStoreAreNotReclaimed),
    /** A job may kill as many nodes as it likes. */
    CRASH_BUDGET_IS_DROPPED(JobBugs::crashBudgetIsDropped),
    /** An attempt that was lost with its node uses up a try. */
    CRASHES_COUNT_AS_TRIES(StoreBugs::crashesCountAsTries),
    /** A push is acknowledged before it is written, and sometimes it is not. */
    ACKNOWLEDGED_BEFORE_WRITTEN(JobBugs::acknowledgedBeforeWritten),
    /** A delayed job is ready at once. */
    DELAY_IS_FORGOTTEN(JobBugs::delayIsForgotten),
    /** A failed job keeps its unique key. */
    KEY_IS_KEPT_ON_FAILURE(KeyBugs::uniqueKeyIsKeptOnFailure),
    /** A released job gives its unique key away. */
    KEY_IS_FREED_ON_RELEASE(KeyBugs::uniqueKeyIsFreedOnRelease),
    /** Two attempts may hold one overlap key. */
    OVERLAP_IS_NOT_COMPARED(KeyBugs::overlapIsNotCompared),
    /** The end of a stale attempt frees an overlap key that is another's by now. */
    STALE_OWNER_FREES_KEY(KeyBugs::staleOwnerFreesKey),
    /** What follows a job does not follow. */
    FOLLOW_UPS_ARE_FORGOTTEN(FlowBugs::followUpsAreForgotten),
    /** What follows a job follows twice. */
    LINK_IS_PUSHED_TWICE(FlowBugs::linkIsPushedTwice),
    /** A finished batch calls back twice. */
    CALLBACK_IS_PUSHED_TWICE(FlowBugs::callbackIsPushedTwice),
    /** The end of a job does not lower what its batch waits for. */
    COUNTER_IS_NOT_LOWERED(FlowBugs::counterIsNotLowered),
    /** A new leader fires the last tick again. */
    TICK_IS_FIRED_TWICE(FlowBugs::tickIsFiredTwice),
    /** What lies in the outbox is pushed under a new id each time. */
    RELAY_WITHOUT_DETERMINISTIC_ID(Home.CLUSTER_STORE, FlowBugs::relayWithoutDeterministicId),
    /** Who is not told that jobs wait for it never looks. */
    HINTS_HAVE_NO_BACKSTOP(NodeBugs::hintsHaveNoBackstop),
    /** A push of which nobody knows is taken for done. */
    UNKNOWN_IS_SUCCESS(NodeBugs::unknownIsSuccess),
    /** A push of which nobody knows is taken for not done, and done again as another job. */
    UNKNOWN_IS_FAILURE(NodeBugs::unknownIsFailure),
    /** A session is believed in although its renewal failed. */
    RENEWALS_ARE_TAKEN_FOR_GRANTED(NodeBugs::renewalsAreTakenForGranted);

    private final Home home;
    private final Supplier<Plant> planting;

    Bug(Supplier<Plant> planting) {
        this(Home.SEPARATE, planting);
    }

    Bug(Home home, Supplier<Plant> planting) {
        this.home = home;
        this.planting = planting;
    }

    /** Where it is. */
    Home home() {
        return home;
    }

    /** The bug anew, for one run. */
    Plant planted() {
        return planting.get();
    }
}
