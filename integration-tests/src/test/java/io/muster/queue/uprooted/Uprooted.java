package io.muster.queue.uprooted;

import io.muster.queue.planted.PlantedHelper;

/** The other half of a cycle between two features. */
public final class Uprooted {
    public Class<?> other() {
        return PlantedHelper.class;
    }
}
