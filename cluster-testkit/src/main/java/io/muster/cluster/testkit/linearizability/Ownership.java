package io.muster.cluster.testkit.linearizability;

import java.util.Optional;

/**
 * What can be done to something that has one owner at a time, and what was answered. A hold is known by its fencing token;
 * one whose taking was never confirmed only by its owner.
 */
public sealed interface Ownership {
    /** {@code owner} was given it under this token. */
    record Taken(String owner, long token) implements Ownership {}

    /** {@code owner} tried to take it and was not answered; perhaps it holds it now. */
    record TakenPerhaps(String owner) implements Ownership {}

    /** Somebody was refused because this owner held it. */
    record Busy(String owner) implements Ownership {}

    /** Somebody asked who holds it. */
    record Seen(Optional<Hold> hold) implements Ownership {}

    /** The holder was told that it still holds it. */
    record Confirmed(long token) implements Ownership {}

    /** A holder was told by the server that it does not hold it, and changed nothing. */
    record Refused(long token) implements Ownership {}

    /** The holder gave it up and was told so. */
    record Released(long token) implements Ownership {}

    /** The hold of this token ended by itself, or by a release whose outcome is unknown; nothing if it was over. */
    record Ended(long token) implements Ownership {}

    /** What this owner took without being answered ended; nothing if it did not hold it so. */
    record PerhapsEnded(String owner) implements Ownership {}

    /** Who holds it, and under which token. */
    record Hold(String owner, long token) {}
}
