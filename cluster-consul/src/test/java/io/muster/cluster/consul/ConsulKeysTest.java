package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Key;
import org.junit.jupiter.api.Test;

class ConsulKeysTest {
    private final ConsulKeys keys = new ConsulKeys("shop");

    @Test
    void aDirectoryIsOneSegmentSoThatItsPrefixCoversItsDirectChildrenOnly() {
        Key child = new Key("jobs/ready", "@7");

        assertThat(keys.path(child)).isEqualTo("shop/jobs:ready/@7");
        assertThat(keys.path(new Key("jobs/ready/deep", "x"))).doesNotStartWith(keys.prefix("jobs/ready"));
        assertThat(keys.path(new Key("jobs", "ready"))).doesNotStartWith(keys.prefix("jobs/ready"));
    }

    @Test
    void aPathIsReadBackAsItsKey() {
        Key key = new Key("a/b-c", Key.segment("50 % / €"));

        assertThat(keys.key("a/b-c", keys.path(key))).contains(key);
    }

    @Test
    void whatOthersPutThereIsNotOurs() {
        assertThat(keys.key("a", "shop/a/")).isEmpty();
        assertThat(keys.key("a", "shop/a/with space")).isEmpty();
        assertThat(keys.key("a", "shop/a/b/c")).isEmpty();
    }

    @Test
    void whatTheBackendKeepsForItselfIsNoChildOfAnyDirectory() {
        assertThat(keys.identity()).isEqualTo("shop/:identity");
        assertThat(keys.revision()).isEqualTo("shop/:revision");
    }

    @Test
    void percentSignsAreEncodedOnceMoreInAddressesAndNothingElseThatNamesContain() {
        String path = keys.path(new Key("d/e", "A-z0.9_~@%2F"));

        assertThat(ConsulKeys.inAddress(path)).isEqualTo("shop/d:e/A-z0.9_~@%252F");
    }
}
