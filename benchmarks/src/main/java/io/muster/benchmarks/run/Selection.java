package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Figures;
import io.muster.benchmarks.report.Measure;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What of all that can be measured is wanted: words that name systems, stores or measures (or the beginning of a measure's name; {@code extras}: all extras). Where no word
 * of a kind is given, all of that kind are wanted.
 */
public final class Selection {
    static final List<String> SYSTEMS = List.of("muster", "db-scheduler", "jobrunr", "bullmq", "sidekiq", "pgbench");
    static final List<String> STORES = List.of("redis", "postgresql", "etcd", "zookeeper", "consul", "memory");

    private final Set<String> systems = new HashSet<>();
    private final Set<String> stores = new HashSet<>();
    private final Set<Measure> measures = new HashSet<>();

    private Selection() {}

    /** @throws IllegalArgumentException a word names nothing; says what could be named */
    public static Selection of(List<String> words) {
        Selection selection = new Selection();
        for (String word : words) {
            if (SYSTEMS.contains(word) || word.equals(Figures.CEILING)) {
                selection.systems.add(word);
            } else if (STORES.contains(word)) {
                selection.stores.add(word);
            } else {
                List<Measure> named = Arrays.stream(Measure.values())
                        .filter(measure -> isNamed(measure, word))
                        .toList();
                if (named.isEmpty()) {
                    throw new IllegalArgumentException("\"" + word + "\" names nothing. Systems: " + SYSTEMS
                            + ", stores: " + STORES + ", measures: "
                            + Arrays.stream(Measure.values()).map(Measure::id).collect(Collectors.joining(", "))
                            + ", " + Measure.EXTRAS + " (drains under a burden)");
                }
                selection.measures.addAll(named);
            }
        }
        return selection;
    }

    /** Extras take minutes, so the beginning of a name does not name them. */
    private static boolean isNamed(Measure measure, String word) {
        return measure.isExtra()
                ? measure.id().equals(word) || word.equals(Measure.EXTRAS)
                : measure.id().equals(word) || measure.id().startsWith(word + "-");
    }

    boolean system(String system) {
        return systems.isEmpty() || systems.contains(system);
    }

    boolean store(String store) {
        return stores.isEmpty() ? !store.equals("memory") : stores.contains(store);
    }

    boolean measure(Measure measure) {
        return measures.isEmpty() || measures.contains(measure);
    }

    /** Whether anything is wanted beside extras. */
    boolean plain() {
        return measures.isEmpty() || measures.stream().anyMatch(measure -> !measure.isExtra());
    }

    /** Whether this is wanted by name, and not only as part of everything. */
    boolean names(Measure measure) {
        return measures.contains(measure);
    }

    /** Whether this system is wanted by name. */
    boolean names(String system) {
        return systems.contains(system);
    }

    boolean anyOf(Measure... wanted) {
        return Arrays.stream(wanted).anyMatch(this::measure);
    }

    @Override
    public String toString() {
        Set<String> words = new TreeSet<>(systems);
        words.addAll(stores);
        measures.forEach(measure -> words.add(measure.id()));
        return words.isEmpty() ? "everything" : String.join(", ", words);
    }
}
