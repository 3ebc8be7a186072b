package io.muster.formal;

import static io.muster.formal.Bounds.Fault.ADOPT;
import static io.muster.formal.Bounds.Fault.EXPIRY;
import static io.muster.formal.Bounds.Fault.KILL;
import static io.muster.formal.Bounds.Fault.LATE;
import static io.muster.formal.Bounds.Fault.LOSS;
import static io.muster.formal.Bounds.Fault.RELEASE;
import static io.muster.formal.Bounds.Fault.RESIGN;
import static io.muster.formal.Bounds.Fault.WIPE;

/** What keeps the protocol right, with the property that falls without it and the faults that suffice for that. */
enum Guard {
    /** A leader's write is refused if a newer term has written. */
    TERM_IS_COMPARED("TermIsCompared", "FencesOnlyGrow"),
    /** A leader's write is refused if its coordinator is not the one that was accepted. */
    IDENTITY_IS_COMPARED("IdentityIsCompared", "OneIdentityWrites"),
    /** A coordinator that is adopted once more goes on at its highest term. */
    HIGHEST_IS_KEPT("HighestIsKept", "FencesOnlyGrow"),
    /** Terms come from the number of the namespace, not from a counter of the key. */
    TERMS_OF_THE_NAMESPACE("TermsOfTheNamespace", "OneLeaderPerTerm"),
    /** A key of a session that has ended is not written. */
    BOUND_TO_SESSION("BoundToSession", Guard.PROGRESS),
    /** Whoever did not hear whether it was elected finds out. */
    CLAIM_IS_RECOGNISED("ClaimIsRecognised", Guard.PROGRESS),
    /** Giving up deletes the key only if it is still one's own. */
    OWNER_IS_COMPARED("OwnerIsCompared", "OneBeliever"),
    /** Each term is claimed anew, so that a key that is still being given up is not taken for a new term. */
    CLAIM_OF_ONE_TERM("ClaimOfOneTerm", "OneBeliever"),
    /** Who asks to be admitted is registered, so that who is admitted and not registered is gone. */
    REGISTER_BEFORE_ADMIT("RegisterBeforeAdmit", "NobodyBuriedAlive"),
    /** The members are read after the store's list. */
    MEMBERS_ARE_READ_LAST("MembersAreReadLast", "NobodyBuriedAlive"),
    /** Who is buried is not admitted again. */
    BURIED_STAYS_BURIED("BuriedStaysBuried", "BuriedStaysBuried"),
    /** Jobs are assigned to the admitted alone. */
    ASSIGN_COMPARES_LIFE("AssignComparesLife", "AssignedToAdmitted"),
    /** The buried neither take nor settle. */
    EXCHANGE_COMPARES_LIFE("ExchangeComparesLife", "BuriedSettlesNothing"),
    /** A settlement is accepted under the current attempt's token. */
    TOKEN_IS_COMPARED("TokenIsCompared", "AttemptSettledOnce"),
    /** A job that is pushed again under its id is not pushed twice. */
    ID_IS_REMEMBERED("IdIsRemembered", "JobEndsOnce"),
    /** A node says what it holds, and is given what it should hold. */
    INVENTORY("Inventory", Guard.PROGRESS),
    /** And not only after a lost reply: a call may arrive after its successor. */
    INVENTORY_FROM_TIME_TO_TIME("InventoryFromTimeToTime", Guard.PROGRESS),
    /** A suspect is the only one on its node. */
    SUSPECT_RUNS_ALONE("SuspectRunsAlone", "OneSuspectPerNode"),
    /** A job that keeps killing its node fails. */
    CRASH_BUDGET("CrashBudget", "CrashesStayWithinBudget"),
    /** A process that lived on takes the crashes back. */
    SURVIVOR_TAKES_CRASHES_BACK("SurvivorTakesCrashesBack", "CrashesAreReal");

    /** Not an invariant: every pushed job is settled some time. */
    static final String PROGRESS = "EveryJobIsSettled";

    private final String inModel;
    private final String falls;

    Guard(String inModel, String falls) {
        this.inModel = inModel;
        this.falls = falls;
    }

    String inModel() {
        return inModel;
    }

    /** The property that does not hold without it. */
    String falls() {
        return falls;
    }

    /** In which the property falls without the guard. */
    Bounds bounds() {
        return switch (this) {
            case TERM_IS_COMPARED, TERMS_OF_THE_NAMESPACE, SURVIVOR_TAKES_CRASHES_BACK ->
                Bounds.of(2, 1).with(EXPIRY, 1);
            case IDENTITY_IS_COMPARED -> Bounds.of(1, 1).with(WIPE, 1);
            case HIGHEST_IS_KEPT ->
                Bounds.of(2, 1).with(EXPIRY, 1).with(WIPE, 1).with(ADOPT, 1);
            case BOUND_TO_SESSION, BURIED_STAYS_BURIED ->
                Bounds.of(1, 1).with(KILL, 1).with(LATE, 1);
            case CLAIM_IS_RECOGNISED, ID_IS_REMEMBERED, INVENTORY ->
                Bounds.of(1, 1).with(LOSS, 1);
            case OWNER_IS_COMPARED, CLAIM_OF_ONE_TERM ->
                Bounds.of(2, 1).with(RESIGN, 1).with(LATE, 1).whereTrustEndsFirst();
            case REGISTER_BEFORE_ADMIT, MEMBERS_ARE_READ_LAST, ASSIGN_COMPARES_LIFE -> Bounds.of(2, 1);
            case EXCHANGE_COMPARES_LIFE -> Bounds.of(2, 2).with(EXPIRY, 1);
            case TOKEN_IS_COMPARED -> Bounds.of(1, 1).with(RELEASE, 1).with(LOSS, 1);
            case INVENTORY_FROM_TIME_TO_TIME -> Bounds.of(1, 1).with(LATE, 1);
            case SUSPECT_RUNS_ALONE -> Bounds.of(1, 2).with(KILL, 1);
            case CRASH_BUDGET -> Bounds.of(1, 1).withPoison(1);
        };
    }
}
