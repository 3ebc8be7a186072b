package io.muster.cli;

import io.muster.cli.console.CommandFailedException;
import io.muster.examples.index.IndexFile;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import java.time.Duration;
import java.util.Optional;

/** Connects to look and to push, without becoming a node. */
final class Client {
    /** How long nodes may take to say how they are; older figures are shown of those that do not. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private Client() {}

    /** As {@link #connect(QueueSettings)}, called as the option names it. */
    static Queue connect(ClusterOption cluster) {
        return connect(cluster.settings(), cluster.connectionName());
    }

    /** Connects. A coordinator inside this process is refused if nobody else is there: whoever asks for it expects nodes. */
    static Queue connect(QueueSettings settings) {
        return connect(settings, Optional.empty());
    }

    private static Queue connect(QueueSettings settings, Optional<String> name) {
        QueueBuilder builder = Queue.of(settings).type(IndexFile.TYPE.name(), IndexFile.class);
        Queue queue = name.map(builder::connection).orElse(builder).connect();
        if (settings.cluster().startsWith("local:") && queue.cluster().nodes().isEmpty()) {
            queue.close();
            throw new CommandFailedException(
                    "local: is a coordinator inside one process, where nobody else can be found. Give the --cluster of"
                            + " a server, such as redis://localhost:6379, or run the demo with --cluster local.");
        }
        return queue;
    }
}
