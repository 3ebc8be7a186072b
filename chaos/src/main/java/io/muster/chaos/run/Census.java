package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.TableRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** What a coordinator or store holds. */
final class Census {
    private static final int MOST_TRIES = 20;
    private static final long PAUSE_MILLIS = 500;
    private static final String FILE = "h2:";

    private Census() {}

    /** Of several servers that hold the same, the one that leads counts. */
    static Map<String, Long> of(Site site) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return site.servers().isEmpty() ? ofFile(site) : server(site).census();
            } catch (UncheckedIOException e) {
                if (tries == MOST_TRIES) {
                    throw new ChaosException("The " + site.name() + " does not say what it holds", e);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static LocalServer server(Site site) {
        return site.leader().orElseGet(() -> site.servers().get(0));
    }

    private static Map<String, Long> ofFile(Site site) {
        try {
            String file = site.direct().substring(FILE.length());
            return TableRows.of("jdbc:h2:file:" + file + ";AUTO_SERVER=TRUE", "", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
