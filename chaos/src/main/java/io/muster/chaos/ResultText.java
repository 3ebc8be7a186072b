package io.muster.chaos;

import io.muster.chaos.check.Checker;
import io.muster.chaos.check.Checker.Findings;
import io.muster.chaos.check.Violation;
import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.util.List;

/** What came out of a run, for people. */
final class ResultText {
    private static final int SHOWN = 20;

    private ResultText() {}

    static String of(History history, Findings findings) {
        Event run = history.of(Kind.RUN).get(0);
        StringBuilder text = new StringBuilder(200);
        text.append(run.text("pair")).append(", seed ").append(run.text("seed")).append('\n');
        findings.figures().forEach((name, value) -> text.append(String.format("  %-36s %s%n", name, value)));
        if (!findings.declared().isEmpty()) {
            text.append("  lost as declared (")
                    .append(run.text("durability"))
                    .append("): ")
                    .append(findings.declared().size())
                    .append('\n');
            list(text, findings.declared());
        }
        if (findings.isGood()) {
            text.append("  0 violations of ").append(Checker.sentences().size()).append(" sentences\n");
        } else {
            text.append("  ").append(findings.violations().size()).append(" VIOLATIONS\n");
            list(text, findings.violations());
            text.append("  again: ").append(run.text("command")).append('\n');
        }
        return text.toString();
    }

    private static void list(StringBuilder text, List<Violation> violations) {
        violations.stream().limit(SHOWN).forEach(violation -> text.append("    ")
                .append(violation.rule())
                .append(": ")
                .append(violation.text())
                .append('\n'));
        if (violations.size() > SHOWN) {
            text.append("    and ").append(violations.size() - SHOWN).append(" more\n");
        }
    }
}
