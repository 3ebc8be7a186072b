package io.muster.cluster.internal;

import io.muster.cluster.NodeId;
import io.muster.cluster.spi.Entry;
import java.util.Optional;

/**
 * Who created a bound key, as kept in its value: locks and elections.
 *
 * @param token made for one attempt (a lock) or one candidacy and session (an election), so that an attempt whose outcome
 *     was unknown is recognised
 */
record Claim(NodeId node, String token) {
    private static final int FORMAT = 1;
    private static final NodeId STRANGER = new NodeId("unknown", "unknown");

    byte[] encoded() {
        return Frame.write(FORMAT, out -> {
            out.writeUTF(node.name());
            out.writeUTF(node.incarnation());
            out.writeUTF(token);
        });
    }

    static Optional<Claim> of(Entry entry) {
        return Frame.read(FORMAT, entry.value(), in -> new Claim(new NodeId(in.readUTF(), in.readUTF()), in.readUTF()));
    }

    /** Whether the entry can be a claim at all. All are bound to sessions; what is not was put there by somebody else, and holds nothing. */
    static boolean canBeIn(Entry entry) {
        return entry.session().isPresent();
    }

    /** Whoever holds the entry; a value of an unknown format is held by a node called unknown. */
    static NodeId holder(Entry entry) {
        return of(entry).map(Claim::node).orElse(STRANGER);
    }

    /** Whether the entry carries this very claim. */
    boolean isIn(Entry entry) {
        return of(entry).filter(this::equals).isPresent();
    }

    @Override
    public String toString() {
        return "Claim[" + node + "]";
    }
}
