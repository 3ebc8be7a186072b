package io.muster.cluster.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri.Host;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C6")
class ConnectionUriTest {
    @Test
    void allPartsAreRead() {
        ConnectionUri uri =
                ConnectionUri.parse("ETCD://us%40er:p%3Aw+x@e1:2379,[::1]:2380,e3/pa%20th?a=1%26&timeout=500ms");

        assertThat(uri.scheme()).isEqualTo("etcd");
        assertThat(uri.user()).contains("us@er");
        assertThat(uri.password()).contains("p:w+x");
        assertThat(uri.hosts())
                .containsExactly(
                        new Host("e1", Optional.of(2379)),
                        new Host("[::1]", Optional.of(2380)),
                        new Host("e3", Optional.empty()));
        assertThat(uri.path()).isEqualTo("pa th");
        assertThat(uri.setting("a")).contains("1&");
        assertThat(uri.duration("timeout")).contains(Duration.ofMillis(500));
    }

    @Test
    void shortFormsAreRead() {
        assertThat(ConnectionUri.parse("local:").hosts()).isEmpty();
        assertThat(ConnectionUri.parse("local:name").path()).isEqualTo("name");
        assertThat(ConnectionUri.parse("redis://h").hosts()).containsExactly(new Host("h", Optional.empty()));
        assertThat(ConnectionUri.parse("redis://:secret@h/1").password()).contains("secret");
        assertThat(ConnectionUri.parse("redis://:secret@h/1").user()).isEmpty();
    }

    @Test
    void malformedAddressesAreRefusedWithoutShowingSecrets() {
        for (String text : new String[] {
            "",
            "nonsense",
            "redis://hunter2@h:99999",
            "redis://u:hunter2@h:port",
            "redis://u:hunter2@h?x",
            "redis://u:hunter2@h?a=1&a=2"
        }) {
            assertThatThrownBy(() -> ConnectionUri.parse(text))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void secretsAreNotShown() {
        ConnectionUri uri = ConnectionUri.parse("consul://u:hunter2@h?aclToken=hunter2&trustPassword=hunter2&dc=x");

        assertThat(uri.toString()).doesNotContain("hunter2").contains("u:***@h").contains("dc=x");
    }

    @Test
    void unknownSettingsAreRefusedWithTheNearest() {
        ConnectionUri uri = ConnectionUri.parse("redis://h?timout=1s");

        assertThatThrownBy(() -> uri.allowOnly(Set.of("timeout", "database")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("timout")
                .hasMessageContaining("\"timeout\"");
        uri.without(Set.of("timout")).allowOnly(Set.of());
    }

    @Test
    void durationsAreReadInUnitsOfPeople() {
        assertThat(ConnectionUri.parseDuration("x", "5s")).isEqualTo(Duration.ofSeconds(5));
        assertThat(ConnectionUri.parseDuration("x", "2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(ConnectionUri.parseDuration("x", "1h")).isEqualTo(Duration.ofHours(1));
        assertThat(ConnectionUri.parseDuration("x", "PT7S")).isEqualTo(Duration.ofSeconds(7));
        assertThatThrownBy(() -> ConnectionUri.parseDuration("x", "5"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("x=5");
    }
}
