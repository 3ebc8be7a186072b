package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.fuzz.Seeds;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Names in a database, and addresses of databases. */
class NamesFuzzTest {
    static Stream<byte[]> names() {
        return Seeds.texts("=a%20b", "#0011", "default", "%", "");
    }

    @MethodSource("names")
    @FuzzTest
    void name(byte[] input) {
        String name = Seeds.text(input);
        assertThat(Names.decoded(name)).isNotNull();
        assertThat(name.isEmpty() ? "" : Names.keyText(name)).isNotNull();
    }

    static Stream<byte[]> addresses() {
        return Seeds.texts(
                "postgresql://u:p@h:5432/db?table=jobs&connections=4&call-timeout=5s",
                "h2:./file;X=1?migrate=false",
                "jdbc:mariadb://h/db?user=u&password=p",
                "mysql://h/db?connections=x");
    }

    @MethodSource("addresses")
    @FuzzTest
    void address(byte[] input) {
        try {
            assertThat(new JdbcAddress(ConnectionUri.parse(Seeds.text(input))).shown())
                    .isNotNull();
        } catch (ClusterConfigurationException | IllegalArgumentException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }
}
