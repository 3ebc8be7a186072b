package io.muster.chaos.soak;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One figure of one process or server over all rests.
 *
 * @param of whose, for people: a process, {@code coordinator}, {@code store}
 * @param figure which: heap, threads, files, or what a server counts
 */
public record Series(String of, String figure, List<Sample> samples) {
    private static final String OF = "of";
    private static final String REST = "rest";
    private static final String PID = "pid";
    private static final Set<String> NO_FIGURES = Set.of(OF, REST, PID);

    /** All that are in a history, in the order in which they were first told. */
    public static List<Series> in(History history) {
        Map<String, Rest> rests = new LinkedHashMap<>();
        history.of(Kind.REST).forEach(event -> rests.put(event.text(REST), Rest.valueOf(event.text("which"))));
        Map<String, Series> found = new LinkedHashMap<>();
        for (Event told : history.of(Kind.RESTED)) {
            Rest rest = rests.get(told.text(REST));
            if (rest != null) {
                String of = told.text(OF).isEmpty() ? told.process() : told.text(OF);
                told.said().keySet().stream()
                        .filter(name -> !NO_FIGURES.contains(name))
                        .sorted()
                        .forEach(name -> found.computeIfAbsent(
                                        of + " " + name, none -> new Series(of, name, new ArrayList<>()))
                                .samples()
                                .add(new Sample(rest, told.nanos(), told.text(PID), told.number(name))));
            }
        }
        return found.values().stream()
                .sorted((one, other) ->
                        one.of().equals(other.of()) ? 0 : one.of().compareTo(other.of()))
                .toList();
    }

    public Optional<Sample> baseline() {
        return first(sample -> sample.rest() == Rest.BASELINE);
    }

    /** At the end. */
    public Optional<Sample> last() {
        return first(sample -> sample.rest() == Rest.LAST);
    }

    private Optional<Sample> first(Predicate<Sample> wanted) {
        return samples.stream().filter(wanted).findFirst();
    }

    /** The figures in the midst of the load, by the life of the process. */
    List<List<Sample>> betweenByLife() {
        Map<String, List<Sample>> lives = new LinkedHashMap<>();
        samples.stream().filter(sample -> sample.rest() == Rest.BETWEEN).forEach(sample -> lives.computeIfAbsent(
                        sample.life(), none -> new ArrayList<>())
                .add(sample));
        return List.copyOf(lives.values());
    }

    /** Whose and which. */
    @Override
    public String toString() {
        return of + " " + figure;
    }
}
