package io.muster.cluster.internal;

import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a registered node is kept: a small bound record that says that it lives, and an unbound one that says the rest. */
final class NodeCodec {
    static final int MOST_REGISTRATION_BYTES = 32 * 1024;
    private static final int MEMBER_FORMAT = 1;
    private static final int DETAIL_FORMAT = 1;

    private NodeCodec() {}

    /**
     * The bound record.
     *
     * @param detail name of the unbound record in its directory, used by this registration alone
     */
    record Member(String incarnation, String detail, Instant startedAt) {}

    /** The unbound record, rewritten by every publish. */
    record Detail(Registration registration, NodeStatus status, Instant lastSeen) {}

    static byte[] encoded(Member member) {
        return Frame.write(MEMBER_FORMAT, out -> {
            out.writeUTF(member.incarnation());
            out.writeUTF(member.detail());
            out.writeLong(member.startedAt().toEpochMilli());
        });
    }

    static Optional<Member> member(byte[] value) {
        return Frame.read(
                MEMBER_FORMAT,
                value,
                in -> new Member(in.readUTF(), in.readUTF(), Instant.ofEpochMilli(in.readLong())));
    }

    static byte[] encoded(Detail detail) {
        Registration registration = detail.registration();
        return Frame.write(DETAIL_FORMAT, out -> {
            out.writeUTF(detail.status().name());
            out.writeLong(detail.lastSeen().toEpochMilli());
            out.writeUTF(registration.address());
            out.writeInt(registration.port());
            writeMap(out, registration.labels());
            writeMap(out, registration.metadata());
            writeSet(out, registration.jobTypes());
            writeSet(out, registration.queues());
        });
    }

    static Optional<Detail> detail(byte[] value) {
        return Frame.read(DETAIL_FORMAT, value, in -> {
            NodeStatus status = NodeStatus.valueOf(in.readUTF());
            Instant lastSeen = Instant.ofEpochMilli(in.readLong());
            Registration registration =
                    new Registration(in.readUTF(), in.readInt(), readMap(in), readMap(in), readSet(in), readSet(in));
            return new Detail(registration, status, lastSeen);
        });
    }

    /** Throws if it is larger than what a node may say of itself. */
    static void checkSize(Registration registration) {
        long bytes = bytes(registration.address())
                + Stream.of(registration.labels(), registration.metadata())
                        .flatMap(map -> map.entrySet().stream())
                        .mapToLong(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                        .sum()
                + Stream.of(registration.jobTypes(), registration.queues())
                        .flatMap(Set::stream)
                        .mapToLong(NodeCodec::bytes)
                        .sum();
        if (bytes > MOST_REGISTRATION_BYTES
                || encoded(new Detail(registration, NodeStatus.ONLINE, Instant.EPOCH)).length
                        > MOST_REGISTRATION_BYTES) {
            throw new IllegalArgumentException("A registration has at most " + MOST_REGISTRATION_BYTES
                    + " bytes of text (address, labels, metadata, job types, queues together)");
        }
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void writeMap(DataOutputStream out, Map<String, String> map) throws IOException {
        out.writeInt(map.size());
        for (Map.Entry<String, String> entry : new TreeMap<>(map).entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeUTF(entry.getValue());
        }
    }

    private static Map<String, String> readMap(DataInputStream in) throws IOException {
        Map<String, String> map = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            map.put(in.readUTF(), in.readUTF());
        }
        return map;
    }

    private static void writeSet(DataOutputStream out, Set<String> set) throws IOException {
        out.writeInt(set.size());
        for (String text : new TreeSet<>(set)) {
            out.writeUTF(text);
        }
    }

    private static Set<String> readSet(DataInputStream in) throws IOException {
        Set<String> set = new TreeSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            set.add(in.readUTF());
        }
        return set.stream().collect(Collectors.toUnmodifiableSet());
    }
}
