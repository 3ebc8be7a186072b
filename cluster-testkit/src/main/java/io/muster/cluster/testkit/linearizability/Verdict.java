package io.muster.cluster.testkit.linearizability;

import java.util.List;

/** What a history turned out to be. */
public sealed interface Verdict {
    /** There is an order of operations that explains all answers. */
    record Linearizable() implements Verdict {}

    /**
     * There is none.
     *
     * @param key the key whose operations cannot be explained
     * @param explained the longest beginning of an order that was found, as text
     * @param rest the operations known to have ended that it does not explain, the first to return first
     */
    record NotLinearizable(String key, List<String> explained, List<String> rest) implements Verdict {
        public NotLinearizable {
            explained = List.copyOf(explained);
            rest = List.copyOf(rest);
        }

        /** The end of what is explained and the beginning of the rest, for people. */
        @Override
        public String toString() {
            int from = Math.max(0, explained.size() - 25);
            return "key " + key + ": after " + explained.size() + " operations, the last of them\n  "
                    + String.join("\n  ", explained.subList(from, explained.size()))
                    + "\nno order explains all of\n  "
                    + String.join("\n  ", rest.subList(0, Math.min(rest.size(), 25)));
        }
    }

    /** The search was given up: too many operations at once, or too many of unknown outcome. */
    record Undecided(String key, long steps) implements Verdict {}
}
