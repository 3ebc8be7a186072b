package io.muster.chaos;

import java.util.List;
import picocli.CommandLine;

/** The commands {@code muster chaos} and {@code muster soak}; the first word says which. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        List<String> words = List.of(args);
        System.exit(new CommandLine(new ChaosCommand())
                .execute(words.subList(Math.min(1, words.size()), words.size()).toArray(String[]::new)));
    }
}
