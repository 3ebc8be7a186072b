package io.muster.cluster.local;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.Capabilities.FenceStrength;
import io.muster.cluster.time.Timeline;
import java.time.Duration;

/**
 * A coordinator inside this JVM, found by its name: clusters opened with the same name (and on the same timeline) meet
 * there. It lives as long as any of them is open; what it kept is gone with the last one. To keep one longer, or to
 * disturb it, make a {@link LocalCoordinator} and use its {@link LocalCoordinator#config}.
 *
 * @param name of the coordinator; may be empty
 * @param capabilities what it offers, to stand in for a server that offers less; all clusters of one name say the same
 */
public record LocalConfig(String name, Capabilities capabilities) implements BackendConfig {
    /** All that a coordinator can offer, with the limits of a small server. */
    public static final Capabilities DEFAULT_CAPABILITIES = new Capabilities(
            "local",
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            true,
            FenceStrength.STRICT,
            true,
            true,
            128,
            1 << 20,
            512 << 10,
            64 << 10);

    public static LocalConfig named(String name) {
        return new LocalConfig(name, DEFAULT_CAPABILITIES);
    }

    @Override
    public Backend open(String namespace, Timeline timeline) {
        Timeline shared = timeline instanceof ManualNode node ? node.whole() : timeline;
        LocalCoordinator coordinator = LocalCoordinators.join(shared, name, capabilities);
        if (!coordinator.capabilities().equals(capabilities)) {
            LocalCoordinators.leave(coordinator);
            throw new ClusterConfigurationException(
                    "The coordinator local:" + name + " is open with other capabilities; use another name");
        }
        return new LocalBackend(
                coordinator, namespace, timeline, new LocalFaults(), () -> LocalCoordinators.leave(coordinator));
    }
}
