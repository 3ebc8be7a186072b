package io.muster.cluster.internal;

import io.muster.cluster.Candidacy;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Term;
import io.muster.cluster.internal.CandidacyState.Effect;
import io.muster.cluster.internal.CandidacyState.Event;
import io.muster.cluster.internal.CandidacyState.Following;
import io.muster.cluster.internal.CandidacyState.Leading;
import io.muster.cluster.internal.CandidacyState.Step;
import io.muster.cluster.internal.CandidacyState.Withdrawn;
import io.muster.cluster.spi.Key;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Loop;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine of one candidacy. Events come from the session's clock, the elections loop and the user's threads; this
 * object's monitor guards the state, and effects are only posted while it is held.
 */
final class ElectionCandidacy implements Candidacy {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionCandidacy.class);
    private static final Duration AFTER_RESIGNING = Duration.ofSeconds(1);
    private static final Backoff AFTER_FAILING = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final Elections elections;
    private final String group;
    private final Key key;
    private final LeadershipListener listener;
    private final Loop listeners;
    private CandidacyState state = new Following();
    private @Nullable Claim claim;
    private long restNanos;
    private long restBeganNanos;
    private long courtesyNanos;
    private boolean vacant;
    private long vacantSinceNanos;
    private int failures;
    private Loop.Timer retry = () -> {};
    private Optional<String> toldReason = Optional.empty();

    ElectionCandidacy(Elections elections, String group, LeadershipListener listener, Loop listeners) {
        this.elections = elections;
        this.group = group;
        this.key = Elections.key(group);
        this.listener = listener;
        this.listeners = listeners;
    }

    String group() {
        return group;
    }

    Key key() {
        return key;
    }

    @Override
    public Optional<Term> term() {
        return tenure().filter(Tenure::isTrusted).map(Term.class::cast);
    }

    @Override
    public void resign() {
        tenure().ifPresent(tenure -> {
            rest(AFTER_RESIGNING);
            apply(new Event.Resigned(tenure));
            elections.await(tenure);
        });
    }

    @Override
    public synchronized void letOthersFirst(Duration wait) {
        courtesyNanos = wait.toNanos();
    }

    @Override
    public void close() {
        Optional<Tenure> last = tenure();
        apply(new Event.Closed());
        elections.withdraw(this);
        last.ifPresent(elections::await);
    }

    Optional<Tenure> tenure() {
        synchronized (this) {
            return state instanceof Leading leading ? Optional.of(leading.tenure()) : Optional.empty();
        }
    }

    boolean isFollowing() {
        synchronized (this) {
            return state instanceof Following;
        }
    }

    boolean isWithdrawn() {
        synchronized (this) {
            return state instanceof Withdrawn;
        }
    }

    /**
     * The same for all attempts to win one term, so that whichever arrives is recognised; another for the next term, so that
     * a key that is still being given up is never taken for a new one.
     */
    synchronized Claim claim(LiveSession session) {
        Claim present = claim;
        if (present == null || !present.node().equals(session.node())) {
            present = new Claim(session.node(), elections.token());
            claim = present;
        }
        return present;
    }

    /** Nobody leads: how long it still lets others go first. */
    synchronized Duration vacant() {
        long now = elections.nanos();
        if (!vacant) {
            vacant = true;
            vacantSinceNanos = now;
        }
        long rest = restNanos - (now - restBeganNanos);
        long courtesy = courtesyNanos - (now - vacantSinceNanos);
        return Duration.ofNanos(Math.max(0, Math.max(rest, courtesy)));
    }

    /** Somebody leads. */
    synchronized void occupied() {
        vacant = false;
    }

    void apply(Event event) {
        synchronized (this) {
            Tenure before = state instanceof Leading leading ? leading.tenure() : null;
            Step step = state.on(event);
            state = step.next();
            Tenure about = event instanceof Event.Won won ? won.tenure() : before;
            if (before != null && !(state instanceof Leading)) {
                before.end();
                claim = null;
                vacant = false;
                if (!step.effects().contains(Effect.GIVE_UP)) {
                    before.givenUp().complete(null);
                }
            }
            for (Effect effect : step.effects()) {
                carryOut(effect, about);
            }
        }
    }

    /** The one retry that is due; on the elections loop only. */
    void retryBy(Loop.Timer timer) {
        retry.cancel();
        retry = timer;
    }

    /** Whether this is another reason than the last one that somebody has to do something about; on the elections loop only. */
    boolean isNews(String reason) {
        boolean news = toldReason.filter(reason::equals).isEmpty();
        toldReason = Optional.of(reason);
        return news;
    }

    /** The coordinator has said who leads: the next reason is news, whichever it is. On the elections loop only. */
    void answered() {
        toldReason = Optional.empty();
    }

    private void carryOut(Effect effect, @Nullable Tenure tenure) {
        if (effect == Effect.CAMPAIGN) {
            elections.consider(this);
            return;
        }
        if (tenure == null) {
            throw new IllegalStateException("No term to " + effect + " in group " + group);
        }
        switch (effect) {
            case GIVE_UP -> elections.giveUp(this, tenure);
            case TELL_GAINED -> listeners.post(() -> tellGained(tenure));
            case TELL_SUSPENDED -> listeners.post(() -> tellBetween(tenure, () -> listener.suspended(tenure)));
            case TELL_RESUMED -> listeners.post(() -> tellBetween(tenure, () -> listener.resumed(tenure)));
            case TELL_LOST -> listeners.post(() -> tellLost(tenure));
            default -> throw new IllegalStateException("Not an effect on a term: " + effect);
        }
    }

    // On the listeners loop, which alone knows what the listener has been told.

    private @Nullable Tenure told;

    private void tellGained(Tenure tenure) {
        if (!tenure.isTrusted()) {
            return;
        }
        told = tenure;
        LOG.info(
                "Leading group={} term={} node={}",
                group,
                tenure.number(),
                tenure.session().node());
        try {
            listener.gained(tenure);
            failures = 0;
        } catch (RuntimeException e) {
            failures++;
            LOG.error(
                    "Resigning because the listener failed on gaining leadership group={} term={}",
                    group,
                    tenure.number(),
                    e);
            rest(elections.after(AFTER_FAILING, failures));
            apply(new Event.Resigned(tenure));
        }
    }

    private void tellBetween(Tenure tenure, Runnable call) {
        if (told == tenure) {
            guarded(tenure, call);
        }
    }

    private void tellLost(Tenure tenure) {
        if (told == tenure) {
            told = null;
            LOG.info(
                    "No longer leading group={} term={} node={}",
                    group,
                    tenure.number(),
                    tenure.session().node());
            guarded(tenure, () -> listener.lost(tenure));
        }
        apply(new Event.Told());
    }

    private void guarded(Tenure tenure, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error(
                    "A leadership listener failed; the candidacy goes on group={} term={}", group, tenure.number(), e);
        }
    }

    private synchronized void rest(Duration rest) {
        restBeganNanos = elections.nanos();
        restNanos = rest.toNanos();
    }

    @Override
    public String toString() {
        return "Candidacy[" + group + "]";
    }
}
