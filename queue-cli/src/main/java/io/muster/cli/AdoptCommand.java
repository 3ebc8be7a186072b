package io.muster.cli;

import io.muster.cli.console.CommandFailedException;
import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.GroupView;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets the leaders of a new or wiped coordinator write to a store. C11 */
@Command(
        name = "adopt",
        description = {
            "Lets leaders that are elected at this coordinator write to the store, and those of no other.",
            "Needed after the coordinator was wiped or replaced: until then its leaders write nothing, and say so.",
            "To move to another coordinator: stop the nodes, start them with the new --cluster and the same --store, adopt."
        },
        mixinStandardHelpOptions = true)
final class AdoptCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    @Option(
            names = "--group",
            paramLabel = "G",
            description = "A distribution group. Default: all that the nodes know.")
    private @Nullable List<String> groups;

    @Option(names = "--yes", description = "Do it. Without this it is only said what would be done.")
    private boolean yes;

    AdoptCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        QueueSettings settings = cluster.settings();
        try (Queue queue = Client.connect(settings)) {
            List<String> chosen = groups == null
                    ? queue.groups().stream().map(GroupView::group).toList()
                    : groups;
            if (!yes) {
                throw new CommandFailedException(question(settings, queue, chosen));
            }
            List<Map<String, Object>> adopted = new ArrayList<>();
            for (String group : chosen) {
                String identity = queue.operations().adopt(group);
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("group", group);
                figures.put("identity", identity);
                adopted.add(figures);
                if (!output.isJson()) {
                    output.text("adopted group " + group + ": the store accepts leaders of coordinator " + identity
                            + " from now on; a leader goes to work within seconds");
                }
            }
            if (output.isJson()) {
                output.json(adopted);
            }
            return 0;
        }
    }

    private static String question(QueueSettings settings, Queue queue, List<String> groups) {
        String where = settings.store()
                .map(uri -> ConnectionUri.parse(uri).toString())
                .orElse(queue.store().capabilities().store() + " of the coordinator");
        return "This would let leaders elected at " + ConnectionUri.parse(settings.cluster()) + " write to the store "
                + where
                + " (groups: " + String.join(", ", groups)
                + "), and refuse all others from then on. Jobs stay as they are."
                + " Nodes that still meet at a former coordinator would stop working, so be sure that it is gone for good."
                + " Nothing was changed. Say it again with --yes to do it.";
    }
}
