package io.muster.chaos.run;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.servers.LocalServer;
import java.util.List;
import java.util.Map;

/** Asks each server that has replicas, or is one, whether it leads, and writes down when that changes. */
final class Roles implements AutoCloseable {
    private static final long LOOK_MILLIS = 150;

    private final Scribe scribe;
    private volatile boolean over;

    Roles(List<Site> sites, Scribe scribe) {
        this.scribe = scribe;
        for (Site site : sites) {
            List<List<LocalServer>> shards = site.replicated();
            for (int shard = 0; shard < shards.size(); shard++) {
                for (LocalServer server : shards.get(shard)) {
                    observe(site.name(), shard, server);
                }
            }
        }
    }

    /** Each on a thread of its own, since one that is frozen answers nobody. */
    private void observe(String site, int shard, LocalServer server) {
        Thread thread = new Thread(() -> watch(site, shard, server), "role-" + server.port());
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(String site, int shard, LocalServer server) {
        boolean led = false;
        while (!over) {
            boolean leads = server.leads();
            if (leads != led) {
                led = leads;
                scribe.write(
                        Kind.ROLE,
                        Map.of(
                                "site", site,
                                "shard", Integer.toString(shard),
                                "server", Integer.toString(server.port()),
                                "leads", Boolean.toString(leads)));
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        over = true;
    }
}
