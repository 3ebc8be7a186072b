------------------------------- MODULE Muster -------------------------------
(***************************************************************************)
(* Sessions, election, fence, assign, take, settle and reclaim of one      *)
(* distribution group and one queue. Coordinator and store are systems of  *)
(* their own: the coordinator knows sessions and who leads, the store      *)
(* knows jobs, incarnations and the fence record. The module's README maps *)
(* each action to the method that it stands for.                           *)
(*                                                                         *)
(* A call is one step if nothing goes wrong. What can go wrong with it:    *)
(* its reply is lost (...Unanswered: applied, and the caller does not know)*)
(* or it is late (...Late: it lies in `late', its caller has given it up,  *)
(* and it is applied at any later time, or never). A pause of a process is *)
(* the end of its session while it goes on believing: every process acts   *)
(* on what it knows until LearnLoss. Faults are bounded by budgets, so     *)
(* that they stop.                                                         *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
    Nodes,          \* processes
    Jobs,
    Poison,         \* jobs that kill the process that runs them
    MaxCrashes,     \* so many crashes as a suspect fail a job
    Budget,         \* how often each fault may happen: a record, see Init
    TrustEndsFirst, \* whether the server promises a minimum life of sessions
    Off             \* names of the guards that are removed

Guard(name) == name \notin Off

VARIABLES
    \* The coordinator
    line,       \* its identity: one more with every wipe
    revision,   \* the number of the namespace, from which terms come
    alive,      \* incarnations whose session lives
    members,    \* those that are registered
    leaderKey,  \* the key of the election, bound to a session
    \* The store
    accepted,   \* identity whose fences are accepted; 0: none yet
    highest,    \* highest term of each identity
    admitted,
    buried,
    survivors,  \* incarnations whose process lived on
    counted,    \* <<incarnation, job>>: crashes that a burial counted and nobody took back
    job,
    \* The processes
    inc,        \* present incarnation; 0: none
    earlier,    \* the incarnation that it survived; 0: none
    works,      \* whether the store has admitted it, as it knows
    lead,       \* the term in which it believes
    claim,      \* what it writes into the key of the election: another one for each term
    look,       \* where its undertaker stands
    held,       \* attempts in its pool, also those whose settlement was not answered
    unsure,     \* whether a reply was lost
    \* Between them
    late,       \* calls that were given up and may still arrive
    left,       \* what is left of the budget
    opened,     \* sessions so far
    \* What only the properties see
    wrote,      \* fences of accepted leader writes
    last,       \* the latest of them since the last adoption
    started,    \* attempts that a pool has begun
    answered,   \* attempts of which a settlement was accepted
    ends,       \* how often each job ended for good
    breaches    \* what must not happen, and did

coordinator == <<line, revision, alive, members, leaderKey>>
fences == <<accepted, highest, wrote, last>>
lives == <<admitted, buried, survivors, counted>>
pools == <<held, unsure, started>>
process == <<inc, earlier, works, lead, claim, look>>
settling == <<answered, ends>>
vars == <<coordinator, fences, lives, job, process, pools, late, left, opened, settling, breaches>>

None == [line |-> 0, term |-> 0, inc |-> 0, claim |-> 0]
Idle == [step |-> "idle", seen |-> {}]
Lines == 1..(1 + Budget.wipe)

Init ==
    /\ line = 1 /\ revision = 0 /\ alive = {} /\ members = {} /\ leaderKey = None
    /\ accepted = 0 /\ highest = [l \in Lines |-> 0]
    /\ admitted = {} /\ buried = {} /\ survivors = {} /\ counted = {}
    /\ job = [j \in Jobs |-> [at |-> "new", by |-> 0, num |-> 0, crashes |-> 0]]
    /\ inc = [n \in Nodes |-> 0] /\ earlier = [n \in Nodes |-> 0] /\ works = [n \in Nodes |-> FALSE]
    /\ lead = [n \in Nodes |-> None] /\ claim = [n \in Nodes |-> 0] /\ look = [n \in Nodes |-> Idle]
    /\ held = [n \in Nodes |-> {}] /\ unsure = [n \in Nodes |-> FALSE]
    /\ late = {} /\ left = Budget /\ opened = 0
    /\ wrote = {} /\ last = None /\ started = {} /\ answered = {} /\ ends = [j \in Jobs |-> 0]
    /\ breaches = {}

Spend(fault) == /\ left[fault] > 0
                /\ left' = [left EXCEPT ![fault] = @ - 1]

Settled(j) == job[j].at \in {"completed", "failed"}
Under(i) == {j \in Jobs : job[j].at \in {"assigned", "running"} /\ job[j].by = i}
Suspect(j) == job[j].crashes > 0
Max(a, b) == IF a > b THEN a ELSE b

-----------------------------------------------------------------------------
(* What a process forgets when its incarnation ends. *)

EndIncarnation(n, survivorOf) ==
    /\ inc' = [inc EXCEPT ![n] = 0]
    /\ earlier' = [earlier EXCEPT ![n] = survivorOf]
    /\ works' = [works EXCEPT ![n] = FALSE]
    /\ lead' = [lead EXCEPT ![n] = None]
    /\ claim' = [claim EXCEPT ![n] = 0]
    /\ look' = [look EXCEPT ![n] = Idle]
    /\ held' = [held EXCEPT ![n] = {}]
    /\ unsure' = [unsure EXCEPT ![n] = FALSE]
    /\ UNCHANGED started

-----------------------------------------------------------------------------
(* Session and membership: SessionKeeper, MemberRegistrar, NodeLife *)

Open(n) ==
    /\ inc[n] = 0
    /\ opened' = opened + 1
    /\ inc' = [inc EXCEPT ![n] = opened + 1]
    /\ alive' = alive \union {opened + 1}
    /\ UNCHANGED <<line, revision, members, leaderKey, fences, lives, job, earlier, works, lead, claim, look, pools,
                   late, left, settling, breaches>>

Register(n) ==
    /\ inc[n] \in alive \ members
    /\ members' = members \union {inc[n]}
    /\ UNCHANGED <<line, revision, alive, leaderKey, fences, lives, job, process, pools, late, left, opened,
                   settling, breaches>>

AdmitInStore(i, survivorOf) ==
    /\ Guard("BuriedStaysBuried") => i \notin buried
    /\ admitted' = admitted \union {i}
    /\ buried' = buried \ {i}
    /\ breaches' = IF i \in buried THEN breaches \union {"revived"} ELSE breaches
    /\ IF i \in admitted \/ survivorOf = 0 \/ ~Guard("SurvivorTakesCrashesBack")
       THEN /\ survivors' = IF survivorOf = 0 THEN survivors ELSE survivors \union {survivorOf}
            /\ UNCHANGED <<counted, job>>
       ELSE LET back == {j \in Jobs : <<survivorOf, j>> \in counted}
            IN /\ survivors' = survivors \union {survivorOf}
               /\ counted' = counted \ {<<survivorOf, j>> : j \in back}
               /\ job' = [j \in Jobs |-> IF j \in back /\ ~Settled(j)
                                         THEN [job[j] EXCEPT !.crashes = @ - 1] ELSE job[j]]

MayAskForAdmission(n) ==
    /\ inc[n] /= 0 /\ ~works[n]
    /\ Guard("RegisterBeforeAdmit") => inc[n] \in members

Admit(n) ==
    /\ MayAskForAdmission(n)
    /\ AdmitInStore(inc[n], earlier[n])
    /\ works' = [works EXCEPT ![n] = TRUE]
    /\ earlier' = [earlier EXCEPT ![n] = 0]
    /\ UNCHANGED <<coordinator, fences, inc, lead, claim, look, pools, late, left, opened, settling>>

AdmitLate(n) ==
    /\ MayAskForAdmission(n)
    /\ Spend("late")
    /\ late' = late \union {[call |-> "admit", inc |-> inc[n], survivorOf |-> earlier[n]]}
    /\ UNCHANGED <<coordinator, fences, lives, job, process, pools, opened, settling, breaches>>

(* The session's end is seen, or trust in it has run out. *)
LearnLoss(n) ==
    /\ inc[n] /= 0 /\ inc[n] \notin alive
    /\ EndIncarnation(n, IF works[n] THEN inc[n] ELSE earlier[n])
    /\ UNCHANGED <<coordinator, fences, lives, job, late, left, opened, settling, breaches>>

-----------------------------------------------------------------------------
(* Election: Elections, BoundKeys *)

TakeKey(i, c) ==
    /\ leaderKey = None
    /\ Guard("BoundToSession") => i \in alive
    /\ revision' = revision + 1
    /\ leaderKey' = [line |-> line, term |-> IF Guard("TermsOfTheNamespace") THEN revision + 1 ELSE 1, inc |-> i,
                    claim |-> c]

MayCampaign(n) == works[n] /\ inc[n] \in alive /\ lead[n] = None

Campaign(n) ==
    /\ MayCampaign(n)
    /\ \/ TakeKey(inc[n], claim[n])
       \/ /\ leaderKey.inc = inc[n] \* an earlier attempt, whose reply was lost
          /\ Guard("ClaimOfOneTerm") => leaderKey.claim = claim[n]
          /\ Guard("ClaimIsRecognised")
          /\ UNCHANGED <<revision, leaderKey>>
    /\ lead' = [lead EXCEPT ![n] = leaderKey']
    /\ UNCHANGED <<line, alive, members, fences, lives, job, inc, earlier, works, claim, look, pools, late, left, opened,
                   settling, breaches>>

CampaignUnanswered(n) ==
    /\ MayCampaign(n)
    /\ Spend("loss")
    /\ TakeKey(inc[n], claim[n])
    /\ UNCHANGED <<line, alive, members, fences, lives, job, process, pools, late, opened, settling, breaches>>

CampaignLate(n) ==
    /\ MayCampaign(n)
    /\ Spend("late")
    /\ late' = late \union {[call |-> "campaign", inc |-> inc[n], claim |-> claim[n]]}
    /\ UNCHANGED <<coordinator, fences, lives, job, process, pools, opened, settling, breaches>>

GiveUpKey(f) ==
    /\ IF Guard("OwnerIsCompared") THEN leaderKey = f ELSE leaderKey /= None
    /\ leaderKey' = None

(* Its own key of an earlier term or attempt: its giving up was lost, or its taking came late. *)
DropLeftOver(n) ==
    /\ MayCampaign(n)
    /\ leaderKey.inc = inc[n] /\ leaderKey.claim /= claim[n]
    /\ leaderKey' = None
    /\ UNCHANGED <<line, revision, alive, members, fences, lives, job, process, pools, late, left, opened, settling,
                   breaches>>

StopLeading(n) ==
    /\ lead' = [lead EXCEPT ![n] = None]
    /\ claim' = [claim EXCEPT ![n] = @ + 1]
    /\ look' = [look EXCEPT ![n] = Idle]

Resign(n) ==
    /\ lead[n] /= None
    /\ Spend("resign")
    /\ leaderKey' = IF leaderKey = lead[n] THEN None ELSE leaderKey
    /\ StopLeading(n)
    /\ UNCHANGED <<line, revision, alive, members, fences, lives, job, inc, earlier, works, pools, late, opened,
                   settling, breaches>>

ResignLate(n) ==
    /\ lead[n] /= None
    /\ left["resign"] > 0 /\ left["late"] > 0
    /\ left' = [left EXCEPT !["resign"] = @ - 1, !["late"] = @ - 1]
    /\ late' = late \union {[call |-> "resign", fence |-> lead[n]]}
    /\ StopLeading(n)
    /\ UNCHANGED <<coordinator, fences, lives, job, inc, earlier, works, pools, opened, settling, breaches>>

(* The coordinator does not know the term any more. *)
LearnVanished(n) ==
    /\ lead[n] /= None /\ leaderKey /= lead[n]
    /\ StopLeading(n)
    /\ UNCHANGED <<coordinator, fences, lives, job, inc, earlier, works, pools, late, left, opened, settling,
                   breaches>>

-----------------------------------------------------------------------------
(* The fence record: Fences of each store. Every leader write compares and raises it in the same operation. *)

IsAccepted(f) ==
    /\ Guard("IdentityIsCompared") => accepted \in {0, f.line}
    /\ Guard("TermIsCompared") => f.term >= highest[f.line]

RaiseFence(f) ==
    /\ IsAccepted(f)
    /\ accepted' = IF accepted = 0 THEN f.line ELSE accepted
    /\ highest' = [highest EXCEPT ![f.line] = Max(@, f.term)]
    /\ wrote' = wrote \union {f}
    /\ last' = f

Install(n) ==
    /\ lead[n] /= None /\ lead[n].term > highest[lead[n].line]
    /\ RaiseFence(lead[n])
    /\ UNCHANGED <<coordinator, lives, job, process, pools, late, left, opened, settling, breaches>>

(* StaleFenceException *)
LearnStale(n) ==
    /\ lead[n] /= None /\ lead[n].term < highest[lead[n].line] /\ ~IsAccepted(lead[n])
    /\ StopLeading(n)
    /\ leaderKey' = IF leaderKey = lead[n] THEN None ELSE leaderKey
    /\ UNCHANGED <<line, revision, alive, members, fences, lives, job, inc, earlier, works, pools, late, left,
                   opened, settling, breaches>>

AcceptLine(l) ==
    /\ accepted' = l
    /\ highest' = IF Guard("HighestIsKept") THEN highest ELSE [highest EXCEPT ![l] = 0]
    /\ last' = None
    /\ UNCHANGED wrote

(* An operator adopts the coordinator that is there. *)
Adopt ==
    /\ accepted \notin {0, line}
    /\ AcceptLine(line)
    /\ UNCHANGED <<coordinator, lives, job, process, pools, late, left, opened, settling, breaches>>

(* An operator adopts another one. *)
AdoptFormer ==
    /\ accepted /= 0
    /\ Spend("adopt")
    /\ \E l \in Lines \ {accepted, line} : AcceptLine(l)
    /\ UNCHANGED <<coordinator, lives, job, process, pools, late, opened, settling, breaches>>

-----------------------------------------------------------------------------
(* Push: Intake *)

Push(j) ==
    /\ job[j].at = "new"
    /\ job' = [job EXCEPT ![j].at = "ready"]
    /\ UNCHANGED <<coordinator, fences, lives, process, pools, late, left, opened, settling, breaches>>

(* The reply was lost, the caller pushes once more under the same id. *)
PushAgain(j) ==
    /\ job[j].at /= "new"
    /\ ~Guard("IdIsRemembered")
    /\ Spend("loss")
    /\ job' = [job EXCEPT ![j].at = "ready", ![j].by = 0]
    /\ UNCHANGED <<coordinator, fences, lives, process, pools, late, opened, settling, breaches>>

-----------------------------------------------------------------------------
(* Assign and revoke: Distributor, LeaderDesk *)

AssignInStore(f, j, i) ==
    /\ RaiseFence(f)
    /\ job[j].at = "ready"
    /\ Guard("AssignComparesLife") => i \in admitted
    /\ (Guard("SuspectRunsAlone") /\ Suspect(j)) => \A k \in Under(i) : ~Suspect(k)
    /\ breaches' = IF i \in admitted THEN breaches ELSE breaches \union {"assigned to who is not admitted"}
    /\ job' = [job EXCEPT ![j].at = "assigned", ![j].by = i, ![j].num = @ + 1]

(* Its view of the members may be old: any incarnation that ever was. *)
Assign(n) ==
    /\ lead[n] /= None
    /\ \E j \in Jobs, i \in 1..opened : AssignInStore(lead[n], j, i)
    /\ UNCHANGED <<coordinator, lives, process, pools, late, left, opened, settling>>

AssignLate(n) ==
    /\ lead[n] /= None
    /\ \E j \in Jobs, i \in admitted :
        /\ job[j].at = "ready"
        /\ late' = late \union {[call |-> "assign", fence |-> lead[n], job |-> j, inc |-> i]}
    /\ Spend("late")
    /\ UNCHANGED <<coordinator, fences, lives, job, process, pools, opened, settling, breaches>>

Revoke(n) ==
    /\ lead[n] /= None
    /\ Spend("revoke")
    /\ \E j \in Jobs :
        /\ job[j].at = "assigned"
        /\ job' = [job EXCEPT ![j].at = "ready", ![j].by = 0]
    /\ RaiseFence(lead[n])
    /\ UNCHANGED <<coordinator, lives, process, pools, late, opened, settling, breaches>>

-----------------------------------------------------------------------------
(* Take and settle: Courier, NodeDesk.exchange *)

MayExchange(i) == Guard("ExchangeComparesLife") => i \in admitted

TakeInStore(i, j) ==
    /\ MayExchange(i)
    /\ job[j].at = "assigned" /\ job[j].by = i
    /\ job' = [job EXCEPT ![j].at = "running"]

Begin(n, j) ==
    /\ held' = [held EXCEPT ![n] = @ \union {<<j, job[j].num>>}]
    /\ started' = started \union {<<j, job[j].num>>}
    /\ breaches' = (IF <<j, job[j].num>> \in started THEN {"begun twice"} ELSE {})
                   \union (IF inc[n] \in buried THEN {"taken by a buried incarnation"} ELSE {})
                   \union breaches

Take(n) ==
    /\ works[n]
    /\ \E j \in Jobs : TakeInStore(inc[n], j) /\ Begin(n, j)
    /\ UNCHANGED <<coordinator, fences, lives, process, unsure, late, left, opened, settling>>

TakeUnanswered(n) ==
    /\ works[n]
    /\ Spend("loss")
    /\ \E j \in Jobs : TakeInStore(inc[n], j)
    /\ unsure' = [unsure EXCEPT ![n] = TRUE]
    /\ UNCHANGED <<coordinator, fences, lives, process, held, started, late, opened, settling, breaches>>

TakeLate(n) ==
    /\ works[n]
    /\ Spend("late")
    /\ late' = late \union {[call |-> "take", inc |-> inc[n]]}
    /\ unsure' = [unsure EXCEPT ![n] = TRUE]
    /\ UNCHANGED <<coordinator, fences, lives, job, process, held, started, opened, settling, breaches>>

(* The node says what it holds, by ids; what the store counts as running there and is not among it is delivered again. *)
Undelivered(n) == {j \in Under(inc[n]) : job[j].at = "running" /\ \A t \in held[n] : t[1] /= j}

TakeInventory(n) ==
    /\ works[n] /\ Guard("Inventory") /\ MayExchange(inc[n])
    /\ unsure[n] \/ Guard("InventoryFromTimeToTime")
    /\ unsure' = [unsure EXCEPT ![n] = FALSE]
    /\ IF Undelivered(n) = {}
       THEN unsure[n] /\ UNCHANGED <<held, started, breaches>>
       ELSE \E j \in Undelivered(n) : Begin(n, j)
    /\ UNCHANGED <<coordinator, fences, lives, job, process, late, left, opened, settling>>

IsCurrent(i, t) ==
    /\ job[t[1]].at = "running"
    /\ Guard("TokenIsCompared") => (job[t[1]].by = i /\ job[t[1]].num = t[2])

(* An accepted settlement; a stale one changes nothing. *)
SettleInStore(i, t, outcome) ==
    /\ MayExchange(i)
    /\ IF IsCurrent(i, t)
       THEN /\ job' = [job EXCEPT ![t[1]].at = outcome, ![t[1]].by = 0]
            /\ answered' = answered \union {t}
            /\ ends' = [ends EXCEPT ![t[1]] = @ + (IF outcome = "completed" THEN 1 ELSE 0)]
            /\ breaches' = (IF t \in answered THEN {"settled twice"} ELSE {})
                           \union (IF job[t[1]].num /= t[2] \/ job[t[1]].by /= i THEN {"stale attempt settled"} ELSE {})
                           \union (IF i \in buried THEN {"settled by a buried incarnation"} ELSE {})
                           \union breaches
       ELSE UNCHANGED <<job, answered, ends, breaches>>

MaySettle(n, t) == works[n] /\ t \in held[n] /\ t[1] \notin Poison

Complete(n) ==
    /\ \E t \in held[n] :
        /\ MaySettle(n, t)
        /\ SettleInStore(inc[n], t, "completed")
        /\ held' = [held EXCEPT ![n] = @ \ {t}]
    /\ UNCHANGED <<coordinator, fences, lives, process, unsure, started, late, left, opened>>

Release(n) ==
    /\ Spend("release")
    /\ \E t \in held[n] :
        /\ MaySettle(n, t)
        /\ SettleInStore(inc[n], t, "ready")
        /\ held' = [held EXCEPT ![n] = @ \ {t}]
    /\ UNCHANGED <<coordinator, fences, lives, process, unsure, started, late, opened>>

Settle(n) == Complete(n) \/ Release(n)

(* The handler asked for a release, the reply was lost: the very settlement is told again. *)
ReleaseUnanswered(n) ==
    /\ left["release"] > 0 /\ left["loss"] > 0
    /\ left' = [left EXCEPT !["release"] = @ - 1, !["loss"] = @ - 1]
    /\ \E t \in held[n] : MaySettle(n, t) /\ SettleInStore(inc[n], t, "ready")
    /\ unsure' = [unsure EXCEPT ![n] = TRUE]
    /\ UNCHANGED <<coordinator, fences, lives, process, held, started, late, opened>>

CompleteLate(n) ==
    /\ Spend("late")
    /\ \E t \in held[n] :
        /\ MaySettle(n, t)
        /\ late' = late \union {[call |-> "settle", inc |-> inc[n], token |-> t]}
    /\ unsure' = [unsure EXCEPT ![n] = TRUE]
    /\ UNCHANGED <<coordinator, fences, lives, job, process, held, started, opened, settling, breaches>>

-----------------------------------------------------------------------------
(* Reclaim: Undertaker, LeaderDesk.bury *)

StoreKnows == admitted \union {i \in 1..opened : Under(i) /= {}}

(* incarnations(): the store's list comes first, the members are read after it. *)
ReadFirst(n) ==
    /\ lead[n] /= None /\ look[n].step = "idle"
    /\ IF Guard("MembersAreReadLast")
       THEN StoreKnows \ members /= {} /\ look' = [look EXCEPT ![n] = [step |-> "read", seen |-> StoreKnows]]
       ELSE look' = [look EXCEPT ![n] = [step |-> "read", seen |-> members]]
    /\ UNCHANGED <<coordinator, fences, lives, job, inc, earlier, works, lead, claim, pools, late, left, opened, settling,
                   breaches>>

ReadLast(n) ==
    /\ lead[n] /= None /\ look[n].step = "read"
    /\ LET gone == IF Guard("MembersAreReadLast") THEN look[n].seen \ members ELSE StoreKnows \ look[n].seen
       IN look' = [look EXCEPT ![n] = IF gone = {} THEN Idle ELSE [step |-> "gone", seen |-> gone]]
    /\ UNCHANGED <<coordinator, fences, lives, job, inc, earlier, works, lead, claim, pools, late, left, opened, settling,
                   breaches>>

(* One step takes back one job at most. *)
Reclaim(i) ==
    IF Under(i) = {}
    THEN UNCHANGED <<job, counted, ends>>
    ELSE \E j \in Under(i) :
        LET counts == job[j].at = "running" /\ i \notin survivors
            fails == counts /\ Guard("CrashBudget") /\ job[j].crashes >= MaxCrashes
        IN /\ job' = [job EXCEPT ![j].at = IF fails THEN "failed" ELSE "ready",
                                 ![j].by = 0,
                                 ![j].crashes = IF counts THEN @ + 1 ELSE @]
           /\ counted' = IF counts /\ ~fails THEN counted \union {<<i, j>>} ELSE counted
           /\ ends' = [ends EXCEPT ![j] = @ + (IF fails THEN 1 ELSE 0)]

BuryInStore(f, i) ==
    /\ RaiseFence(f)
    /\ buried' = buried \union {i}
    /\ admitted' = admitted \ {i}
    /\ breaches' = IF i \in alive THEN breaches \union {"buried alive"} ELSE breaches
    /\ Reclaim(i)
    /\ UNCHANGED <<survivors, answered>>

Bury(n) ==
    /\ lead[n] /= None /\ look[n].step = "gone"
    /\ \E i \in look[n].seen :
        /\ BuryInStore(lead[n], i)
        /\ LET rest == IF Cardinality(Under(i)) <= 1 THEN look[n].seen \ {i} ELSE look[n].seen
           IN look' = [look EXCEPT ![n] = IF rest = {} THEN Idle ELSE [step |-> "gone", seen |-> rest]]
    /\ UNCHANGED <<coordinator, inc, earlier, works, lead, claim, pools, late, left, opened>>

BuryLate(n) ==
    /\ lead[n] /= None /\ look[n].step = "gone"
    /\ Spend("late")
    /\ \E i \in look[n].seen : late' = late \union {[call |-> "bury", fence |-> lead[n], inc |-> i]}
    /\ UNCHANGED <<coordinator, fences, lives, job, process, pools, opened, settling, breaches>>

-----------------------------------------------------------------------------
(* Calls that arrive after their callers gave them up. *)

Arrive ==
    \E m \in late :
        /\ late' = late \ {m}
        /\ \/ /\ m.call = "admit"
              /\ AdmitInStore(m.inc, m.survivorOf)
              /\ UNCHANGED <<coordinator, fences, settling>>
           \/ /\ m.call = "campaign"
              /\ TakeKey(m.inc, m.claim)
              /\ UNCHANGED <<line, alive, members, fences, lives, job, settling, breaches>>
           \/ /\ m.call = "resign"
              /\ GiveUpKey(m.fence)
              /\ UNCHANGED <<line, revision, alive, members, fences, lives, job, settling, breaches>>
           \/ /\ m.call = "assign"
              /\ AssignInStore(m.fence, m.job, m.inc)
              /\ UNCHANGED <<coordinator, lives, settling>>
           \/ /\ m.call = "take"
              /\ \E j \in Jobs : TakeInStore(m.inc, j)
              /\ UNCHANGED <<coordinator, fences, lives, settling, breaches>>
           \/ /\ m.call = "settle"
              /\ SettleInStore(m.inc, m.token, "completed")
              /\ UNCHANGED <<coordinator, fences, lives>>
           \/ /\ m.call = "bury"
              /\ BuryInStore(m.fence, m.inc)
              /\ UNCHANGED coordinator
        /\ UNCHANGED <<process, pools, left, opened>>

-----------------------------------------------------------------------------
(* Faults of processes and of the coordinator *)

Owner(i) == {n \in Nodes : inc[n] = i}

EndSession(i) ==
    /\ alive' = alive \ {i}
    /\ members' = members \ {i}
    /\ leaderKey' = IF leaderKey.inc = i THEN None ELSE leaderKey
    /\ UNCHANGED <<line, revision>>

(* A pause, a partition, a slow collection: the session ends, its process lives and does not know. Where the server promises
   a minimum life, the leader's trust ended before. *)
Expire(n) ==
    /\ inc[n] \in alive
    /\ Spend("expiry")
    /\ EndSession(inc[n])
    /\ lead' = IF TrustEndsFirst THEN [lead EXCEPT ![n] = None] ELSE lead
    /\ look' = IF TrustEndsFirst THEN [look EXCEPT ![n] = Idle] ELSE look
    /\ UNCHANGED <<fences, lives, job, inc, earlier, works, claim, pools, late, opened, settling, breaches>>

(* Nobody renews the session of a dead process. *)
ExpireDead ==
    /\ \E i \in alive : Owner(i) = {} /\ EndSession(i)
    /\ UNCHANGED <<fences, lives, job, process, pools, late, left, opened, settling, breaches>>

Kill(n) ==
    /\ inc[n] /= 0
    /\ Spend("kill")
    /\ EndIncarnation(n, 0)
    /\ UNCHANGED <<coordinator, fences, lives, job, late, opened, settling, breaches>>

Die(n) ==
    /\ \E t \in held[n] : t[1] \in Poison
    /\ EndIncarnation(n, 0)
    /\ UNCHANGED <<coordinator, fences, lives, job, late, left, opened, settling, breaches>>

Wipe ==
    /\ Spend("wipe")
    /\ line' = line + 1
    /\ revision' = 0 /\ alive' = {} /\ members' = {} /\ leaderKey' = None
    /\ UNCHANGED <<fences, lives, job, process, pools, late, opened, settling, breaches>>

-----------------------------------------------------------------------------

Next ==
    \/ \E n \in Nodes :
        \/ Open(n) \/ Register(n) \/ Admit(n) \/ AdmitLate(n) \/ LearnLoss(n)
        \/ Campaign(n) \/ CampaignUnanswered(n) \/ CampaignLate(n) \/ Resign(n) \/ ResignLate(n) \/ DropLeftOver(n)
        \/ LearnVanished(n)
        \/ Install(n) \/ LearnStale(n)
        \/ Assign(n) \/ AssignLate(n) \/ Revoke(n)
        \/ Take(n) \/ TakeUnanswered(n) \/ TakeLate(n) \/ TakeInventory(n)
        \/ Settle(n) \/ ReleaseUnanswered(n) \/ CompleteLate(n)
        \/ ReadFirst(n) \/ ReadLast(n) \/ Bury(n) \/ BuryLate(n)
        \/ Expire(n) \/ Kill(n) \/ Die(n)
    \/ \E j \in Jobs : Push(j) \/ PushAgain(j)
    \/ Adopt \/ AdoptFormer \/ Arrive \/ ExpireDead \/ Wipe

Spec == Init /\ [][Next]_vars

(* Who may go on goes on, some time; nothing is said of faults, nor of calls that were given up. *)
Fair ==
    /\ \A n \in Nodes :
        /\ WF_vars(Open(n)) /\ WF_vars(Register(n)) /\ WF_vars(Admit(n)) /\ WF_vars(LearnLoss(n))
        /\ WF_vars(Campaign(n)) /\ WF_vars(DropLeftOver(n)) /\ WF_vars(LearnVanished(n)) /\ WF_vars(LearnStale(n))
        /\ WF_vars(Assign(n)) /\ WF_vars(Take(n)) /\ WF_vars(TakeInventory(n)) /\ WF_vars(Complete(n))
        /\ WF_vars(ReadFirst(n)) /\ WF_vars(ReadLast(n)) /\ WF_vars(Bury(n)) /\ WF_vars(Die(n))
    /\ \A j \in Jobs : WF_vars(Push(j))
    /\ WF_vars(Adopt) /\ WF_vars(ExpireDead)

FairSpec == Spec /\ Fair

-----------------------------------------------------------------------------
(* Safety *)

(* Of one identity, what was accepted last has the highest term of all that were ever accepted. *)
FencesOnlyGrow == \A f \in wrote : f.line = last.line => f.term <= last.term

(* Only the identity that an operator's word, or the first write, has made the group's. *)
OneIdentityWrites == last = None \/ last.line = accepted

(* A term is one leader's. *)
OneLeaderPerTerm == \A f, g \in wrote : (f.line = g.line /\ f.term = g.term) => f.inc = g.inc

(* Where the server promises a minimum life of sessions. *)
OneBeliever == TrustEndsFirst => Cardinality({n \in Nodes : lead[n] /= None}) <= 1

AttemptSettledOnce == "settled twice" \notin breaches
StaleAttemptChangesNothing == "stale attempt settled" \notin breaches
BuriedTakesNothing == "taken by a buried incarnation" \notin breaches
BuriedSettlesNothing == "settled by a buried incarnation" \notin breaches
BuriedStaysBuried == "revived" \notin breaches
AssignedToAdmitted == "assigned to who is not admitted" \notin breaches
NobodyBuriedAlive == "buried alive" \notin breaches
AttemptBegunOnce == "begun twice" \notin breaches
JobEndsOnce == \A j \in Jobs : ends[j] <= 1

(* A pushed job is in a state from which it goes on, and whoever has it is known to the store. *)
NoJobIsLost == \A j \in Jobs :
    /\ job[j].at \in {"new", "ready", "assigned", "running", "completed", "failed"}
    /\ job[j].at \in {"assigned", "running"} => job[j].by \in StoreKnows
    /\ ends[j] > 0 => Settled(j)

CrashesStayWithinBudget == \A j \in Jobs : job[j].crashes <= MaxCrashes + 1
OnlySuspectsFail == \A j \in Jobs : job[j].at = "failed" => job[j].crashes = MaxCrashes + 1
OneSuspectPerNode == \A i \in 1..opened : Cardinality({j \in Under(i) : Suspect(j)}) <= 1

(* A process that lived on has cost no job a crash. *)
CrashesAreReal ==
    /\ \A p \in counted : p[1] \notin survivors
    /\ \A j \in Jobs : ~Settled(j) => job[j].crashes = Cardinality({p \in counted : p[2] = j})

(* Progress *)

EveryJobIsSettled == \A j \in Jobs : (job[j].at = "ready") ~> Settled(j)

NodesAlike == Permutations(Nodes)
=============================================================================
