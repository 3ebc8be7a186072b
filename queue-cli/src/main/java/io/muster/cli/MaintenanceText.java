package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import io.muster.queue.node.Maintenance;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maintenance as people and scripts read it. K6 */
final class MaintenanceText {
    private MaintenanceText() {}

    /** Whether there is any now. */
    static void show(Queue queue, Output answer) {
        Optional<Maintenance> now = queue.operations().maintenance();
        if (answer.isJson()) {
            Map<String, @Nullable Object> figures = new LinkedHashMap<>();
            figures.put("maintenance", now.map(QueueFigures::maintenance).orElse(null));
            answer.json(figures);
        } else {
            answer.text(now.map(MaintenanceText::line).orElse("no maintenance: workers work"));
        }
    }

    static String line(Maintenance maintenance) {
        return "maintenance since " + maintenance.since() + ", by " + maintenance.by()
                + (maintenance.reason().isEmpty() ? "" : ": " + maintenance.reason())
                + "; only pools with force begin jobs";
    }
}
