package io.muster.cluster.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.time.Timeline;
import java.util.HashMap;
import java.util.Map;

/** The coordinators of this JVM that are found by name; each goes when the last who joined it has left. */
final class LocalCoordinators {
    @GuardedBy("LocalCoordinators.class")
    private static final Map<Place, Shared> OPEN = new HashMap<>();

    private LocalCoordinators() {}

    static synchronized LocalCoordinator join(Timeline timeline, String name, Capabilities capabilities) {
        Place place = new Place(timeline, name);
        Shared shared = OPEN.get(place);
        if (shared == null) {
            shared = new Shared(new LocalCoordinator(timeline, capabilities), 0);
        }
        OPEN.put(place, new Shared(shared.coordinator, shared.users + 1));
        return shared.coordinator;
    }

    static void leave(LocalCoordinator coordinator) {
        if (isLast(coordinator)) {
            coordinator.close();
        }
    }

    private static synchronized boolean isLast(LocalCoordinator coordinator) {
        OPEN.replaceAll((place, shared) ->
                shared.coordinator == coordinator ? new Shared(coordinator, shared.users - 1) : shared);
        return OPEN.values().removeIf(shared -> shared.users == 0);
    }

    private record Place(Timeline timeline, String name) {}

    private record Shared(LocalCoordinator coordinator, int users) {}
}
