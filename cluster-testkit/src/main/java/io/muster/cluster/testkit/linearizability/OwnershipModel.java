package io.muster.cluster.testkit.linearizability;

import io.muster.cluster.testkit.linearizability.OwnershipModel.State;
import java.util.Optional;

/**
 * One owner at a time; every confirmed taking carries a larger token than all confirmed before; only the owner's token
 * releases; a refusal changes nothing. A taking that was not confirmed explains only that others find it busy, so that must
 * come next: where it does not, the taking may as well come later or never.
 */
public final class OwnershipModel implements Model<State, Ownership> {
    private static final State UNUSED = new State(Hold.NOBODY, "", 0, Long.MIN_VALUE);

    /** How it is held. */
    public enum Hold {
        NOBODY,
        /** By a confirmed taking. */
        CONFIRMED,
        /** By one that was not confirmed, and nobody has noticed. */
        UNNOTICED,
        /** By one that was not confirmed, which others found out. */
        NOTICED
    }

    /**
     * Who holds it.
     *
     * @param owner empty if nobody does
     * @param token of a confirmed hold, else zero
     * @param highest largest token confirmed so far
     */
    public record State(Hold hold, String owner, long token, long highest) {
        boolean isFree() {
            return hold == Hold.NOBODY;
        }

        private boolean isOf(long ownToken) {
            return hold == Hold.CONFIRMED && token == ownToken;
        }

        private State freed() {
            return new State(Hold.NOBODY, "", 0, highest);
        }

        private State as(Hold changed) {
            return new State(changed, owner, token, highest);
        }
    }

    @Override
    public State initial() {
        return UNUSED;
    }

    @Override
    public Optional<State> after(State state, Ownership content) {
        if (content instanceof Ownership.Busy busy) {
            State found = state.hold() == Hold.UNNOTICED ? state.as(Hold.NOTICED) : state;
            return when(!state.isFree() && state.owner().equals(busy.owner()), found);
        } else if (state.hold() == Hold.UNNOTICED) {
            return Optional.empty();
        } else if (content instanceof Ownership.Taken taken) {
            return when(
                    state.isFree() && taken.token() > state.highest(),
                    new State(Hold.CONFIRMED, taken.owner(), taken.token(), taken.token()));
        } else if (content instanceof Ownership.TakenPerhaps taken) {
            return when(state.isFree(), new State(Hold.UNNOTICED, taken.owner(), 0, state.highest()));
        } else if (content instanceof Ownership.PerhapsEnded ended) {
            boolean held = state.hold() == Hold.NOTICED && state.owner().equals(ended.owner());
            return Optional.of(held ? state.freed() : state);
        } else if (content instanceof Ownership.Ended ended) {
            return Optional.of(state.isOf(ended.token()) ? state.freed() : state);
        }
        return answered(state, content);
    }

    private static Optional<State> answered(State state, Ownership content) {
        if (content instanceof Ownership.Seen seen) {
            return when(shown(state).equals(seen.hold()), state);
        } else if (content instanceof Ownership.Confirmed confirmed) {
            return when(state.isOf(confirmed.token()), state);
        } else if (content instanceof Ownership.Refused refused) {
            return when(!state.isOf(refused.token()), state);
        } else if (content instanceof Ownership.Released released) {
            return when(state.isOf(released.token()), state.freed());
        }
        throw new IllegalArgumentException("not known to this model: " + content);
    }

    private static Optional<Ownership.Hold> shown(State state) {
        return state.isFree() ? Optional.empty() : Optional.of(new Ownership.Hold(state.owner(), state.token()));
    }

    private static Optional<State> when(boolean possible, State state) {
        return possible ? Optional.of(state) : Optional.empty();
    }
}
