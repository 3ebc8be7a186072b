package io.muster.benchmarks.run;

import io.muster.benchmarks.child.ChildMain;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that does what it is told, see {@link ChildMain}. It ends when its standard input ends, so it cannot outlive this JVM. One
 * thread asks at a time; the answer to one question is read before the next.
 */
final class Child implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final Duration END_LIMIT = Duration.ofSeconds(8);
    private static final String ENDED = "failed the process has ended";

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedWriter in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Answer introduction;

    /** What a child said. */
    record Answer(Map<String, String> values) {
        double number(String key) {
            String value = values.get(key);
            if (value == null) {
                throw new BenchException("the answer " + values + " has no " + key);
            }
            return Double.parseDouble(value);
        }

        boolean has(String key) {
            return values.containsKey(key);
        }
    }

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(this::read, "answers-" + name);
        reader.setDaemon(true);
        reader.start();
        this.introduction = answer("its start", START_LIMIT);
    }

    /** Returns when the process is ready for questions. */
    static Child start(String name, List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            return new Child(name, log, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    Answer introduction() {
        return introduction;
    }

    Answer ask(String question) {
        return ask(question, Duration.ofMinutes(2));
    }

    Answer ask(String question, Duration limit) {
        tell(question);
        return answer("\"" + question + "\"", limit);
    }

    private void tell(String line) {
        try {
            in.write(line);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            throw new BenchException(name + " has ended; see " + log);
        }
    }

    private Answer answer(String question, Duration limit) {
        try {
            String line = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                process.destroyForcibly();
                throw new BenchException(name + " did not answer " + question + " within " + limit + "; see " + log);
            }
            if (!line.startsWith("ok")) {
                throw new BenchException(name + " answered " + question + ": " + line + "; see " + log);
            }
            Map<String, String> values = new HashMap<>();
            for (String word : line.split(" ", -1)) {
                int equals = word.indexOf('=');
                if (equals > 0) {
                    values.put(word.substring(0, equals), word.substring(equals + 1));
                }
            }
            return new Answer(values);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new BenchException("interrupted");
        }
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(ChildMain.MARK)) {
                    answers.add(line.substring(ChildMain.MARK.length()));
                }
            }
        } catch (IOException closed) {
            answers.add(ENDED + " (" + closed.getMessage() + ")");
        }
        answers.add(ENDED);
    }

    /** SIGKILL; returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(END_LIMIT);
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            try {
                tell("end");
            } catch (BenchException ended) {
                process.destroyForcibly();
            }
            if (!awaitEnd(END_LIMIT)) {
                kill();
            }
        }
    }

    private boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return false;
        }
    }
}
