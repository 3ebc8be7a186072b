package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.fuzz.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What recipes keep in the coordinator: any bytes are a record or none, and a record is written as it was read. */
class ClusterRecordsFuzzTest {
    private static final Registration REGISTRATION = new Registration(
            "10.0.0.1", 8080, Map.of("zone", "a"), Map.of("muster.pools", "[]"), Set.of("mail"), Set.of("default"));

    static Stream<byte[]> members() {
        return Stream.of(
                NodeCodec.encoded(new NodeCodec.Member("i1", "@d1", Instant.ofEpochMilli(1))),
                NodeCodec.encoded(new NodeCodec.Detail(REGISTRATION, NodeStatus.ONLINE, Instant.ofEpochMilli(2))),
                new Claim(new NodeId("a", "i1"), "token").encoded(),
                new LeaseRecord(new NodeId("a", "i1"), "nonce", Duration.ofSeconds(5), 3).encoded(),
                new byte[0]);
    }

    @MethodSource("members")
    @FuzzTest
    void member(byte[] input) {
        NodeCodec.member(input).ifPresent(member -> assertThat(NodeCodec.member(NodeCodec.encoded(member)))
                .contains(member));
    }

    @MethodSource("members")
    @FuzzTest
    void detail(byte[] input) {
        NodeCodec.detail(input).ifPresent(detail -> assertThat(NodeCodec.detail(NodeCodec.encoded(detail)))
                .contains(detail));
    }

    @MethodSource("members")
    @FuzzTest
    void claim(byte[] input) {
        Claim.of(entry(input))
                .ifPresent(claim -> assertThat(Claim.of(entry(claim.encoded()))).contains(claim));
    }

    @MethodSource("members")
    @FuzzTest
    void leaseRecord(byte[] input) {
        LeaseRecord.of(entry(input)).ifPresent(record -> assertThat(LeaseRecord.of(entry(record.encoded())))
                .contains(record));
    }

    static Stream<byte[]> messages() {
        return Stream.of(
                new Broadcasts.Message("sender", new NodeId("a", "i1"), 7, new byte[] {1, 2}).encoded(),
                new byte[] {1},
                new byte[0]);
    }

    @MethodSource("messages")
    @FuzzTest
    void broadcast(byte[] input) {
        Broadcasts.Message.decoded(input)
                .ifPresent(message -> assertThat(message.encoded()).isNotEmpty());
    }

    static Stream<byte[]> leaseTokens() {
        return Seeds.texts("v1:key:12:5000:abcdefgh", "v1:%41:-1:999999999999999:abcdefgh", "");
    }

    @MethodSource("leaseTokens")
    @FuzzTest
    void leaseToken(byte[] input) {
        try {
            LeaseProof proof = LeaseProof.of(new LeaseToken(Seeds.text(input)));
            assertThat(LeaseProof.of(proof.token())).isEqualTo(proof);
        } catch (IllegalArgumentException documented) {
            assertThat(documented).hasMessageNotContaining("Index");
        }
    }

    private static Entry entry(byte[] value) {
        return new Entry(new Key("elections", "default"), value, new Version(1, 0), 1, Optional.empty());
    }
}
