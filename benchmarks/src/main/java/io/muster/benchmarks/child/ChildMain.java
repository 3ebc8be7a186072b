package io.muster.benchmarks.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A process of a benchmark: {@code ROLE SYSTEM NAME=VALUE…}. Reads one command a line and answers with one line, {@code ok NAME=VALUE…}
 * or {@code failed REASON}; ends when its input ends, and so with its parent. Node and Ruby programs speak the same.
 */
public final class ChildMain {
    /** Before an answer, so that what a library prints is not taken for one. */
    public static final String MARK = "bench> ";

    private final PrintStream out;

    private ChildMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        Map<String, String> settings = new HashMap<>();
        for (String word : List.of(args).subList(2, args.length)) {
            int equals = word.indexOf('=');
            settings.put(word.substring(0, equals), word.substring(equals + 1));
        }
        new ChildMain(out).serve(Roles.open(args[0], args[1], new ChildSettings(settings)));
        System.exit(0);
    }

    private void serve(Actor actor) throws Exception {
        try (actor;
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            say("ok", actor.introduction());
            for (String line = in.readLine(); line != null && !line.equals("end"); line = in.readLine()) {
                answer(actor, line);
            }
        }
    }

    // The boundary to the parent: whatever a system throws becomes an answer.
    private void answer(Actor actor, String line) throws IOException {
        List<String> words = List.of(line.split(" ", -1));
        try {
            say("ok", actor.perform(words.get(0), words.subList(1, words.size())));
        } catch (Exception e) {
            e.printStackTrace();
            out.println(MARK + "failed " + e.toString().replaceAll("\\s+", " "));
            out.flush();
        }
    }

    private void say(String word, Map<String, Object> values) {
        out.println(MARK
                + word
                + values.entrySet().stream()
                        .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining()));
        out.flush();
    }
}
