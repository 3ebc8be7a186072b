package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.Backend;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A candidate that somebody has to help says why: each new reason once, whatever went wrong before, and tries on. */
@Tag("C4")
class ElectionWarningsTest {
    private final Cells cells = new Cells();
    private Optional<RuntimeException> refusal = Optional.empty();
    private final Cell a = cells.open("a", this::refusing);
    private final LeadershipLog log = new LeadershipLog();

    @Test
    void aReasonIsToldOnceAlsoIfAnotherFailureCameBefore() {
        refusal = Optional.of(new ClusterUnavailableException("out of reach"));
        a.cluster.campaign("g", log);
        assertThat(warningsWithin(Duration.ofSeconds(5))).isEmpty();

        refusal = Optional.of(new ClusterConfigurationException("may not write"));
        assertThat(warningsWithin(Duration.ofMinutes(1))).singleElement().satisfies(line -> assertThat(line)
                .contains("group=g", "reason=may not write"));

        refusal = Optional.of(new ClusterUnavailableException("out of reach"));
        assertThat(warningsWithin(Duration.ofSeconds(5))).isEmpty();
        refusal = Optional.of(new ClusterConfigurationException("may not write"));
        assertThat(warningsWithin(Duration.ofMinutes(1))).as("no news").isEmpty();
    }

    @Test
    void anotherReasonIsNews() {
        refusal = Optional.of(new ClusterConfigurationException("may not write"));
        a.cluster.campaign("g", log);
        assertThat(warningsWithin(Duration.ofSeconds(5))).hasSize(1);

        refusal = Optional.of(new ClusterConfigurationException("has nodes below it"));
        assertThat(warningsWithin(Duration.ofMinutes(1))).singleElement().satisfies(line -> assertThat(line)
                .contains("reason=has nodes below it"));
    }

    @Test
    void eachCandidacyTellsItsOwn() {
        refusal = Optional.of(new ClusterConfigurationException("may not write"));
        a.cluster.campaign("g", log);
        a.cluster.campaign("h", new LeadershipLog());

        assertThat(warningsWithin(Duration.ofMinutes(1)))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("group=g"))
                .anySatisfy(line -> assertThat(line).contains("group=h"));
    }

    @Test
    void whatComesBackAfterATermIsNewsAgain() {
        refusal = Optional.of(new ClusterConfigurationException("may not write"));
        a.cluster.campaign("g", log);
        assertThat(warningsWithin(Duration.ofSeconds(5))).hasSize(1);
        refusal = Optional.empty();
        cells.until(log::leads, Duration.ofSeconds(5));

        refusal = Optional.of(new ClusterConfigurationException("may not write"));
        a.faults.expireSessions();

        assertThat(warningsWithin(Duration.ofMinutes(1))).hasSize(1);
    }

    private List<String> warningsWithin(Duration time) {
        PrintStream console = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            cells.advance(time);
        } finally {
            System.setErr(console);
        }
        return said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("Campaigning again later"))
                .toList();
    }

    /** Its elections are refused as long as there is a refusal; nothing else is. */
    private Backend refusing(Backend backend) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit") && refusal.isPresent()) {
                        throw refusal.get();
                    }
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
