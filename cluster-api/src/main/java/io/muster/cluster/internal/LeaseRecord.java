package io.muster.cluster.internal;

import io.muster.cluster.NodeId;
import io.muster.cluster.spi.Entry;
import java.time.Duration;
import java.util.Optional;

/**
 * A lease as the coordinator keeps it.
 *
 * @param nonce the secret that the token repeats
 * @param renewals only makes each renewal another value
 * @param note what its taker said of it
 */
record LeaseRecord(NodeId holder, String nonce, Duration ttl, long renewals, String note) {
    private static final int FORMAT = 1;

    LeaseRecord(NodeId holder, String nonce, Duration ttl, long renewals) {
        this(holder, nonce, ttl, renewals, "");
    }

    byte[] encoded() {
        return Frame.write(FORMAT, out -> {
            out.writeUTF(holder.name());
            out.writeUTF(holder.incarnation());
            out.writeUTF(nonce);
            out.writeLong(ttl.toMillis());
            out.writeLong(renewals);
            if (!note.isEmpty()) {
                out.writeUTF(note);
            }
        });
    }

    static Optional<LeaseRecord> of(Entry entry) {
        return Frame.read(
                FORMAT,
                entry.value(),
                in -> new LeaseRecord(
                        new NodeId(in.readUTF(), in.readUTF()),
                        in.readUTF(),
                        Duration.ofMillis(in.readLong()),
                        in.readLong(),
                        in.available() > 0 ? in.readUTF() : ""));
    }

    LeaseRecord renewed() {
        return new LeaseRecord(holder, nonce, ttl, renewals + 1, note);
    }

    /** Shows nothing of the secret. */
    @Override
    public String toString() {
        return "LeaseRecord[" + holder + ", " + ttl + "]";
    }
}
