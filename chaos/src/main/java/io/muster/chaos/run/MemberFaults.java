package io.muster.chaos.run;

import java.time.Duration;
import java.util.Optional;

/** Faults of one process: a node or a client. */
final class MemberFaults {
    private static final long LEAST_SKEW_MILLIS = 500;
    private static final long MOST_SKEW_MILLIS = 8_000;

    private MemberFaults() {}

    /** A client is no node: its name is empty then. */
    static Fault kill(FaultKind kind, Member member, String node, Duration lasts) {
        return new Fault(
                kind.words(),
                member.name(),
                Optional.of(node).filter(name -> !name.isEmpty()),
                lasts,
                member::kill,
                member::release);
    }

    static Fault pause(FaultKind kind, Member member, Duration lasts) {
        return new Fault(kind.words(), member.name(), Optional.of(member.name()), lasts, member::freeze, member::thaw);
    }

    static Fault stop(FaultKind kind, Member member, Duration lasts) {
        return new Fault(
                kind.words(), member.name(), Optional.of(member.name()), lasts, member::terminate, member::release);
    }

    /** By half a second up to some seconds, ahead or behind. Empty if clocks cannot be set apart here. */
    static Optional<Fault> skew(FaultKind kind, Member member, int which, Duration lasts) {
        if (!member.hasClock()) {
            return Optional.empty();
        }
        long millis = LEAST_SKEW_MILLIS + which / 8 % (MOST_SKEW_MILLIS - LEAST_SKEW_MILLIS);
        Duration ahead = Duration.ofMillis(which / 4 % 2 == 0 ? millis : -millis);
        return Optional.of(new Fault(
                kind.words() + (ahead.isNegative() ? " behind" : " ahead"),
                member.name(),
                Optional.empty(),
                lasts,
                () -> member.setClock(ahead),
                () -> member.setClock(Duration.ZERO)));
    }

    static Fault exhaustMemory(FaultKind kind, Member member, Duration lasts) {
        return new Fault(kind.words(), member.name(), Optional.empty(), lasts, member::fillHeap, member::freeHeap);
    }
}
