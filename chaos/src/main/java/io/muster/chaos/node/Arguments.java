package io.muster.chaos.node;

import io.muster.queue.QueueSettings;
import io.muster.queue.store.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process of a run is told on its command line: a folder, and {@code name=value} pairs of which those that begin with {@code muster.}
 * are settings.
 */
record Arguments(Path folder, Map<String, String> values) {
    static Arguments of(String[] words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : List.of(words).subList(1, words.length)) {
            String[] pair = word.split("=", 2);
            values.put(pair[0], pair[1]);
        }
        return new Arguments(Path.of(words[0]), values);
    }

    String text(String name) {
        return values.getOrDefault(name, "");
    }

    long number(String name) {
        return Long.parseLong(values.getOrDefault(name, "0"));
    }

    QueueSettings settings() {
        Map<String, String> settings = new LinkedHashMap<>(values);
        settings.keySet().removeIf(name -> !name.startsWith("muster."));
        Duration retention = Duration.ofSeconds(number("retain"));
        return QueueSettings.of(settings).toBuilder()
                .retention(new Retention(retention, retention))
                .build();
    }
}
