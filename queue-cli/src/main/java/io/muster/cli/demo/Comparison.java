package io.muster.cli.demo;

import io.muster.examples.index.FileIndex;
import io.muster.examples.index.IndexRun;
import io.muster.examples.index.InputFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the nodes wrote, held against a plain sequential run over the same files.
 *
 * @param missing jobs without a result
 * @param wrong jobs with any result that differs, or under another key than they were pushed with
 * @param handlerRuns runs begun
 * @param crashes runs lost with their node
 * @param retries runs begun after one that failed
 * @param perNode jobs by the node that wrote the last result
 */
record Comparison(int missing, int wrong, int handlerRuns, int crashes, int retries, Map<String, Integer> perNode) {
    /**
     * Compares.
     *
     * @param pushed the key of each pushed job, by its id
     */
    static Comparison of(Map<String, String> pushed, List<IndexRun> runs, InputFiles files) {
        Map<String, FileIndex> expected = sequential(files);
        Map<String, String> writers = new HashMap<>();
        Map<String, Integer> crashes = new HashMap<>();
        Set<String> wrong = new HashSet<>();
        int begun = 0;
        int retries = 0;
        for (IndexRun run : runs) {
            FileIndex index = run.index();
            if (index == null) {
                begun++;
                retries += run.attempt() > 1 ? 1 : 0;
                crashes.merge(run.job(), run.crashes(), Math::max);
            } else {
                writers.put(run.job(), run.node());
                boolean right = run.key().equals(pushed.get(run.job()))
                        && index.equals(expected.get(InputFiles.nameOf(run.key())));
                if (!right) {
                    wrong.add(run.job());
                }
            }
        }
        Map<String, Integer> perNode = new TreeMap<>();
        writers.values().forEach(node -> perNode.merge(node, 1, Integer::sum));
        int missing = (int) pushed.keySet().stream()
                .filter(job -> !writers.containsKey(job))
                .count();
        int crashed = crashes.values().stream().mapToInt(Integer::intValue).sum();
        return new Comparison(missing, wrong.size(), begun, crashed, retries, perNode);
    }

    private static Map<String, FileIndex> sequential(InputFiles files) {
        Map<String, FileIndex> indexes = new HashMap<>();
        for (String name : files.names()) {
            try {
                indexes.put(name, FileIndex.of(files.directory().resolve(name)));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + name + " for the comparison", e);
            }
        }
        return indexes;
    }
}
