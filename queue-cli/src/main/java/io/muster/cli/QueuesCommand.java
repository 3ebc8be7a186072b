package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Does one thing to each of the named queues, and says what became of it. Q5 */
@Command(mixinStandardHelpOptions = true)
abstract class QueuesCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "QUEUE", description = "The queues.")
    private List<String> queues = List.of();

    QueuesCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** What was done to a queue: one figure for JSON, one sentence for people. */
    record Done(String figure, Object value, String text) {}

    abstract Done act(Queue queue, String name);

    @Override
    final int act(Queue queue) {
        List<Map<String, Object>> figures = new ArrayList<>();
        for (String name : queues) {
            Done done = act(queue, name);
            Map<String, Object> figure = new LinkedHashMap<>();
            figure.put("queue", name);
            figure.put(done.figure(), done.value());
            figures.add(figure);
            if (!output.isJson()) {
                output.text(done.text());
            }
        }
        if (output.isJson()) {
            output.json(figures);
        }
        return 0;
    }
}
