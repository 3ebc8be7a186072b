package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.LeaseToken;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.internal.NodeCodec.Detail;
import io.muster.cluster.internal.NodeCodec.Member;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C1")
@Tag("C3")
class CodecTest {
    private static final NodeId NODE = new NodeId("näme", "i1");
    private static final Detail DETAIL = new Detail(
            new Registration("host", 80, Map.of("a", "ä", "b", ""), Map.of("m", "1"), Set.of("t1", "t2"), Set.of("q")),
            NodeStatus.DRAINING,
            Instant.ofEpochMilli(1_700_000_000_123L));

    private static Entry entry(byte[] value) {
        return new Entry(new Key("d", "k"), value, new Version(1, 2), 3, Optional.empty());
    }

    @Test
    void whatIsWrittenIsRead() {
        Member member = new Member("i1", "@i1-1", Instant.ofEpochMilli(5));
        Claim claim = new Claim(NODE, "token");
        LeaseRecord lease = new LeaseRecord(NODE, "nonce", Duration.ofMillis(1_234), 7);

        assertThat(NodeCodec.member(NodeCodec.encoded(member))).contains(member);
        assertThat(NodeCodec.detail(NodeCodec.encoded(DETAIL))).contains(DETAIL);
        assertThat(Claim.of(entry(claim.encoded()))).contains(claim);
        assertThat(LeaseRecord.of(entry(lease.encoded()))).contains(lease);
    }

    @Test
    void unknownFormatsAndBrokenValuesAreEmptyAndNeverThrow() {
        byte[] good = NodeCodec.encoded(DETAIL);
        byte[] other = good.clone();
        other[0] = 99;
        assertThat(NodeCodec.detail(other)).isEmpty();
        assertThat(NodeCodec.detail(new byte[0])).isEmpty();
        for (int length = 0; length < good.length; length++) {
            assertThat(NodeCodec.detail(Arrays.copyOf(good, length))).isEmpty();
        }
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] noise = new byte[1 + random.nextInt(60)];
            random.nextBytes(noise);
            noise[0] = 1;
            assertThat(NodeCodec.detail(noise)).isNotNull();
            assertThat(NodeCodec.member(noise)).isNotNull();
            assertThat(LeaseRecord.of(entry(noise))).isNotNull();
        }
    }

    @Test
    void aClaimOfAnUnknownFormatIsHeldByAnUnknownNode() {
        assertThat(Claim.holder(entry(new byte[] {42})).name()).isEqualTo("unknown");
        assertThat(new Claim(NODE, "t").isIn(entry(new byte[] {42}))).isFalse();
    }

    @Test
    void leaseTokensAreTheSameOnEveryNodeForAnyKey() {
        for (String key : new String[] {"k", "a:b.c/d e", "ключ", "%", "v1:x:1"}) {
            LeaseProof proof = new LeaseProof(key, 42, Duration.ofSeconds(9), "0123456789abcdef");

            assertThat(LeaseProof.of(proof.token())).isEqualTo(proof);
            assertThat(proof.token().text()).matches("[\\x21-\\x7e]{1,512}");
            assertThat(proof.toString()).doesNotContain(proof.nonce());
        }
    }

    @Test
    void foreignLeaseTokensAreRefusedWithoutRepeatingThem() {
        for (String text : new String[] {"x", "v2:k:1:1:0123456789", "v1:k:1:1:", "v1:k:x:1:0123456789"}) {
            assertThatThrownBy(() -> LeaseProof.of(new LeaseToken(text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(text + " ");
        }
    }

    @Test
    void secretsAreNotShown() {
        assertThat(new LeaseRecord(NODE, "hush", Duration.ZERO, 0).toString()).doesNotContain("hush");
        assertThat(new Claim(NODE, "hush").toString()).doesNotContain("hush");
    }
}
