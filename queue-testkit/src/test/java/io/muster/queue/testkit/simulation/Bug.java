package io.muster.queue.testkit.simulation;

/** Bugs of the protocol, each of which some seed has to find. */
enum Bug {
    /** The store takes the word of a leader whose term is over. */
    TERM_IS_NOT_COMPARED,
    /** What a buried incarnation settles is taken for accepted. */
    THE_BURIED_SETTLE,
    /** A settlement is taken for that of the current attempt, whichever it is of. */
    ATTEMPT_IS_NOT_COMPARED,
    /** What a lost node held is forgotten. */
    NOTHING_IS_RECLAIMED,
    /** What a lost node held is handed out again while it may still settle. */
    RECLAIMED_WITHOUT_BURYING,
    /** What a pool that closes or is too slow has begun is taken back from it too. */
    STARTED_JOBS_ARE_REVOKED,
    /** After a lost reply nobody asks what was in it. */
    LOST_REPLIES_ARE_NOT_DELIVERED_AGAIN,
    /** A node that hears nothing of the store keeps what it holds as long as its session lives. */
    NODES_WITHOUT_STORE_ARE_NOT_RECLAIMED,
    /** A job may kill as many nodes as it likes. */
    CRASH_BUDGET_IS_DROPPED,
    /** An attempt that was lost with its node uses up a try. */
    CRASHES_COUNT_AS_TRIES,
    /** A push is acknowledged before it is written, and sometimes it is not. */
    ACKNOWLEDGED_BEFORE_WRITTEN,
    /** A delayed job is ready at once. */
    DELAY_IS_FORGOTTEN,
    /** A failed job keeps its unique key. */
    KEY_IS_KEPT_ON_FAILURE,
    /** A released job gives its unique key away. */
    KEY_IS_FREED_ON_RELEASE,
    /** Two attempts may hold one overlap key. */
    OVERLAP_IS_NOT_COMPARED,
    /** The end of a stale attempt frees an overlap key that is another's by now. */
    STALE_OWNER_FREES_KEY,
    /** What follows a job does not follow. */
    FOLLOW_UPS_ARE_FORGOTTEN,
    /** What follows a job follows twice. */
    LINK_IS_PUSHED_TWICE,
    /** A finished batch calls back twice. */
    CALLBACK_IS_PUSHED_TWICE,
    /** The end of a job does not lower what its batch waits for. */
    COUNTER_IS_NOT_LOWERED,
    /** A new leader fires the last tick again. */
    TICK_IS_FIRED_TWICE,
    /** Who is not told that jobs wait for it never looks. */
    HINTS_HAVE_NO_BACKSTOP,
    /** A push of which nobody knows is taken for done. */
    UNKNOWN_IS_SUCCESS,
    /** A push of which nobody knows is taken for not done, and done again as another job. */
    UNKNOWN_IS_FAILURE,
    /** A session is believed in although its renewal failed. */
    RENEWALS_ARE_TAKEN_FOR_GRANTED;

    /** The bug anew, for one run. */
    Plant planted() {
        return switch (this) {
            case TERM_IS_NOT_COMPARED -> StoreBugs.termIsNotCompared();
            case THE_BURIED_SETTLE -> StoreBugs.theBuriedSettle();
            case ATTEMPT_IS_NOT_COMPARED -> StoreBugs.attemptIsNotCompared();
            case NOTHING_IS_RECLAIMED -> StoreBugs.nothingIsReclaimed();
            case RECLAIMED_WITHOUT_BURYING -> StoreBugs.reclaimedWithoutBurying();
            case STARTED_JOBS_ARE_REVOKED -> StoreBugs.startedJobsAreRevoked();
            case LOST_REPLIES_ARE_NOT_DELIVERED_AGAIN -> StoreBugs.lostRepliesAreNotDeliveredAgain();
            case NODES_WITHOUT_STORE_ARE_NOT_RECLAIMED -> NodeBugs.nodesWithoutStoreAreNotReclaimed();
            case CRASH_BUDGET_IS_DROPPED -> JobBugs.crashBudgetIsDropped();
            case CRASHES_COUNT_AS_TRIES -> StoreBugs.crashesCountAsTries();
            case ACKNOWLEDGED_BEFORE_WRITTEN -> JobBugs.acknowledgedBeforeWritten();
            case DELAY_IS_FORGOTTEN -> JobBugs.delayIsForgotten();
            case KEY_IS_KEPT_ON_FAILURE -> KeyBugs.uniqueKeyIsKeptOnFailure();
            case KEY_IS_FREED_ON_RELEASE -> KeyBugs.uniqueKeyIsFreedOnRelease();
            case OVERLAP_IS_NOT_COMPARED -> KeyBugs.overlapIsNotCompared();
            case STALE_OWNER_FREES_KEY -> KeyBugs.staleOwnerFreesKey();
            case FOLLOW_UPS_ARE_FORGOTTEN -> FlowBugs.followUpsAreForgotten();
            case LINK_IS_PUSHED_TWICE -> FlowBugs.linkIsPushedTwice();
            case CALLBACK_IS_PUSHED_TWICE -> FlowBugs.callbackIsPushedTwice();
            case COUNTER_IS_NOT_LOWERED -> FlowBugs.counterIsNotLowered();
            case TICK_IS_FIRED_TWICE -> FlowBugs.tickIsFiredTwice();
            case HINTS_HAVE_NO_BACKSTOP -> NodeBugs.hintsHaveNoBackstop();
            case UNKNOWN_IS_SUCCESS -> NodeBugs.unknownIsSuccess();
            case UNKNOWN_IS_FAILURE -> NodeBugs.unknownIsFailure();
            case RENEWALS_ARE_TAKEN_FOR_GRANTED -> NodeBugs.renewalsAreTakenForGranted();
        };
    }
}
