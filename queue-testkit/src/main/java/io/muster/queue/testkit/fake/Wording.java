package io.muster.queue.testkit.fake;

import java.util.List;

/** How failed expectations are told: what was expected, then all that happened, one a line. */
final class Wording {
    private static final int MOST_LINES = 50;

    private Wording() {}

    static AssertionError failed(String expectation, String happened, List<String> lines) {
        StringBuilder text = new StringBuilder(expectation);
        if (lines.isEmpty()) {
            return new AssertionError(
                    text.append("\nNothing was ").append(happened).append('.').toString());
        }
        String verb = lines.size() == 1 ? "This was " : "These " + lines.size() + " were ";
        text.append('\n').append(verb).append(happened).append(':');
        lines.stream().limit(MOST_LINES).forEach(line -> text.append("\n  ").append(indented(line)));
        if (lines.size() > MOST_LINES) {
            text.append("\n  and ").append(lines.size() - MOST_LINES).append(" more");
        }
        return new AssertionError(text.toString());
    }

    /** Its further lines two places to the right. */
    static String indented(Object text) {
        return text.toString().replace("\n", "\n  ");
    }

    static String times(int times) {
        return switch (times) {
            case 0 -> "not at all";
            case 1 -> "once";
            case 2 -> "twice";
            default -> times + " times";
        };
    }

    static String batches(int batches) {
        return batches == 1 ? "1 batch" : batches + " batches";
    }

    static String jobs(int jobs) {
        return jobs == 1 ? "1 job" : jobs + " jobs";
    }
}
