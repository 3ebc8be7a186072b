package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes failed jobs by their ids. F1 */
@Command(
        name = "forget",
        description = {"Removes failed jobs for good.", "Exit code 1 if one of them is not failed."},
        mixinStandardHelpOptions = true)
final class ForgetCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "The jobs.")
    private List<String> ids = List.of();

    ForgetCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        Set<String> forgotten = queue.failed().forget(ids);
        if (output.isJson()) {
            output.json(ids.stream()
                    .map(id -> {
                        Map<String, Object> figures = new LinkedHashMap<>();
                        figures.put("id", id);
                        figures.put("forgotten", forgotten.contains(id));
                        return figures;
                    })
                    .toList());
        } else {
            ids.forEach(id -> output.text(id + (forgotten.contains(id) ? " forgotten" : " is no failed job")));
        }
        return forgotten.containsAll(ids) ? 0 : 1;
    }
}
