package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.GroupView;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Shows who leads. C4 */
@Command(
        name = "leader",
        description = "Shows who leads each distribution group, and its term.",
        mixinStandardHelpOptions = true)
final class LeaderCommand extends ClientCommand {
    LeaderCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        List<GroupView> groups = queue.groups();
        if (output.isJson()) {
            output.json(figures(groups));
        } else {
            groups.forEach(group -> output.text(line(group)));
        }
        return 0;
    }

    private static String line(GroupView group) {
        String who = group.leader()
                .map(now -> now.node().name() + " leads, term " + now.term())
                .orElse("nobody leads");
        return group.group().equals(Queue.GROUP) ? who : group.group() + ": " + who;
    }

    /** The default group's, and below it all. */
    private static Map<String, @Nullable Object> figures(List<GroupView> groups) {
        List<Map<String, @Nullable Object>> all = QueueFigures.groups(groups);
        Map<String, @Nullable Object> figures = new LinkedHashMap<>(all.get(0));
        figures.put("groups", all);
        return figures;
    }
}
