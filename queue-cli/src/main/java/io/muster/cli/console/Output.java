package io.muster.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How a command answers: text for people, or JSON. */
public final class Output {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
    private CommandSpec command;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    public Output() {}

    public boolean isJson() {
        return json;
    }

    /** The answer as one line of JSON. */
    public void json(Object answer) {
        try {
            out().println(JSON.writeValueAsString(answer));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer cannot be written as JSON", e);
        }
        out().flush();
    }

    /** Part of the answer for people. */
    public void text(Object line) {
        out().print(line);
        if (!(line instanceof Table)) {
            out().println();
        }
        out().flush();
    }

    /** Where answers go. */
    public PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** Where progress and complaints go. */
    public PrintWriter err() {
        return command.commandLine().getErr();
    }
}
