package io.muster.cluster.internal;

import java.util.List;

/**
 * A candidacy as a pure machine.
 *
 * <pre>
 *               won                     suspected / resumed
 *   FOLLOWING ───────▶ LEADING ◀──────────────────────────▶ LEADING (suspended)
 *       ▲                 │ session lost, vanished, resigned
 *       └──── told ──── ENDING            any ── closed ──▶ WITHDRAWN
 * </pre>
 *
 * <p>From ENDING nothing new is won until the listener has been told that the old term is over: terms never overlap in a
 * process.
 */
sealed interface CandidacyState {
    Step on(Event event);

    /** What happened. */
    sealed interface Event {
        record Won(Tenure tenure) implements Event {}

        record Suspected(LiveSession session) implements Event {}

        record Resumed(LiveSession session) implements Event {}

        record SessionLost(LiveSession session) implements Event {}

        /** The coordinator does not know this term any more. */
        record Vanished(Tenure tenure) implements Event {}

        record Resigned(Tenure tenure) implements Event {}

        /** The listener has been told that the last term is over. */
        record Told() implements Event {}

        record Closed() implements Event {}
    }

    /** What is to be done about it. */
    enum Effect {
        TELL_GAINED,
        TELL_SUSPENDED,
        TELL_RESUMED,
        TELL_LOST,
        GIVE_UP,
        CAMPAIGN
    }

    /**
     * @param effects to be carried out in this order, all about {@code tenure}s of the event or of the state before
     */
    record Step(CandidacyState next, List<Effect> effects) {
        static Step to(CandidacyState next, Effect... effects) {
            return new Step(next, List.of(effects));
        }
    }

    record Following() implements CandidacyState {
        @Override
        public Step on(Event event) {
            if (event instanceof Event.Won won) {
                return won.tenure().session().isTrusted()
                        ? Step.to(new Leading(won.tenure(), false), Effect.TELL_GAINED)
                        : Step.to(this);
            }
            return event instanceof Event.Closed ? Step.to(new Withdrawn()) : Step.to(this);
        }
    }

    record Leading(Tenure tenure, boolean suspended) implements CandidacyState {
        @Override
        public Step on(Event event) {
            if (event instanceof Event.Suspected suspected && !suspended && isOn(suspected.session())) {
                return Step.to(new Leading(tenure, true), Effect.TELL_SUSPENDED);
            }
            if (event instanceof Event.Resumed resumed && suspended && isOn(resumed.session())) {
                return Step.to(new Leading(tenure, false), Effect.TELL_RESUMED);
            }
            if (event instanceof Event.SessionLost lost && isOn(lost.session())) {
                return Step.to(new Ending(), Effect.TELL_LOST);
            }
            if (event instanceof Event.Vanished vanished && vanished.tenure() == tenure) {
                return Step.to(new Ending(), Effect.TELL_LOST);
            }
            if (event instanceof Event.Resigned resigned && resigned.tenure() == tenure) {
                return Step.to(new Ending(), Effect.TELL_LOST, Effect.GIVE_UP);
            }
            return event instanceof Event.Closed
                    ? Step.to(new Withdrawn(), Effect.TELL_LOST, Effect.GIVE_UP)
                    : Step.to(this);
        }

        private boolean isOn(LiveSession session) {
            return tenure.session() == session;
        }
    }

    record Ending() implements CandidacyState {
        @Override
        public Step on(Event event) {
            if (event instanceof Event.Told) {
                return Step.to(new Following(), Effect.CAMPAIGN);
            }
            if (event instanceof Event.Won) {
                return Step.to(this, Effect.GIVE_UP);
            }
            return event instanceof Event.Closed ? Step.to(new Withdrawn()) : Step.to(this);
        }
    }

    record Withdrawn() implements CandidacyState {
        @Override
        public Step on(Event event) {
            return event instanceof Event.Won ? Step.to(this, Effect.GIVE_UP) : Step.to(this);
        }
    }
}
