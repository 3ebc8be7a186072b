package io.muster.queue.planted;

import io.lettuce.core.RedisURI;
import io.muster.cluster.internal.SessionCluster;
import io.muster.cluster.local.LocalConfig;
import io.muster.queue.uprooted.Uprooted;
import java.time.Instant;

/** Breaks the rules of the architecture, one per method, so that they are seen to fail. Its package is not null-marked either. */
public final class PlantedHelper {
    private PlantedHelper() {}

    static Object usesAModuleItMustNot() {
        return LocalConfig.named("planted");
    }

    public static RedisURI showsAClient() {
        return RedisURI.create("redis://localhost");
    }

    static Class<?> usesInternals() {
        return SessionCluster.class;
    }

    static long takesTime() {
        return System.nanoTime() + Instant.now().toEpochMilli();
    }

    static Thread startsAThread() {
        return new Thread(PlantedHelper::prints);
    }

    static void prints() {
        System.out.println("planted");
    }

    static void throwsAnything() {
        throw new RuntimeException("planted");
    }

    static Object closesACycle() {
        return new Uprooted();
    }
}
