package io.muster.queue.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.encryption.EncryptionKeys.Sealed;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What keys do, what they refuse, and that they are shown nowhere. */
@Tag("J6")
class EncryptionKeysTest {
    private static final String OLD = EncryptionKeys.generate("2026-01");
    private static final String NEW = EncryptionKeys.generate("2026-02");
    private static final byte[] BOUND = bytes("payload of job 7");

    @Test
    void theFirstKeyEncryptsAndAllDecrypt() {
        Sealed before = EncryptionKeys.parse(OLD).seal(bytes("secret"), BOUND);
        EncryptionKeys rotated = EncryptionKeys.parse(NEW + " , " + OLD);
        Sealed after = rotated.seal(bytes("secret"), BOUND);

        assertThat(before.keyId()).isEqualTo("2026-01");
        assertThat(after.keyId()).isEqualTo("2026-02");
        assertThat(rotated.open(before, BOUND)).isEqualTo(bytes("secret"));
        assertThat(rotated.open(after, BOUND)).isEqualTo(bytes("secret"));
        assertThatThrownBy(() -> EncryptionKeys.parse(OLD).open(after, BOUND))
                .isInstanceOf(DecryptionException.class)
                .hasMessageContaining("key \"2026-02\" is not known here");
    }

    @Test
    void theSameTextIsNeverEncryptedAlike() {
        EncryptionKeys keys = EncryptionKeys.parse(OLD);

        assertThat(keys.seal(bytes("secret"), BOUND).box())
                .isNotEqualTo(keys.seal(bytes("secret"), BOUND).box());
    }

    @Test
    void everyChangedByteIsSeenAndSoIsAnotherOwner() {
        EncryptionKeys keys = EncryptionKeys.parse(OLD);
        Sealed sealed = keys.seal(bytes("secret"), BOUND);

        for (int i = 0; i < sealed.box().length; i++) {
            byte[] changed = sealed.box().clone();
            changed[i] ^= 1;
            refuses(() -> keys.open(new Sealed("2026-01", changed), BOUND));
        }
        refuses(() -> keys.open(sealed, bytes("payload of job 8")));
        refuses(() -> keys.open(new Sealed("2026-01", new byte[20]), BOUND));
        refuses(() -> EncryptionKeys.parse(EncryptionKeys.generate("2026-01")).open(sealed, BOUND));
    }

    @Test
    void aSignatureFitsItsMessageAndItsKeyOnly() {
        EncryptionKeys keys = EncryptionKeys.parse(OLD);
        String signature = keys.sign(bytes("call me"));

        assertThatCode(() -> EncryptionKeys.parse(NEW + "," + OLD).verify(bytes("call me"), signature))
                .doesNotThrowAnyException();
        refuses(() -> keys.verify(bytes("call you"), signature));
        refuses(() -> keys.verify(bytes("call me"), signature + "?"));
        refuses(() -> keys.verify(bytes("call me"), ""));
        refuses(() -> EncryptionKeys.parse(NEW).verify(bytes("call me"), signature));
        refuses(() -> EncryptionKeys.parse(EncryptionKeys.generate("2026-01")).verify(bytes("call me"), signature));
    }

    @Test
    void whatIsNoKeyIsRefusedAndNotShown() {
        String secret = OLD.substring(OLD.indexOf(':') + 1);
        for (String text :
                new String[] {"a:" + secret.substring(4), secret, "a b:" + secret, OLD + "," + OLD, "a:b:" + secret}) {
            assertThatThrownBy(() -> EncryptionKeys.parse(text))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("muster.keys")
                    .hasMessageNotContaining(secret.substring(4, 20));
        }
        assertThat(EncryptionKeys.parse(NEW + "," + OLD)).hasToString("EncryptionKeys[2026-02, 2026-01]");
        assertThat(EncryptionKeys.parse(" ").isEmpty()).isTrue();
    }

    private static void refuses(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(DecryptionException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
