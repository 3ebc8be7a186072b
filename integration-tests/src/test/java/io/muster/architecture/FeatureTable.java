package io.muster.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of {@code docs/features.md} beside the tags and classes of the sources. */
final class FeatureTable {
    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\d{1,2}) \\|.*");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-Z]\\d{1,2})\"\\)");
    /** What has to be there and proven; F5 alone may come later. */
    private static final Pattern OWED = Pattern.compile("[CQJMWKFST]\\d{1,2}(?<!F5)");

    private static final Map<Character, Integer> ROWS =
            Map.of('C', 12, 'Q', 6, 'J', 12, 'M', 5, 'W', 5, 'K', 6, 'F', 5, 'S', 2, 'T', 2);
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT|Contract))`");

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, Set<String>> tagsByClass;
    private final Set<String> unused;

    /** @param tests classes that its fifth column names */
    private record Row(Set<String> tests, String state) {
        boolean isLater() {
            return state.equals("later issue");
        }
    }

    /**
     * @param tagsByClass feature ids that each class of the sources carries, also of classes without any
     * @param unused contracts that no other class speaks of, so that nobody runs them
     */
    FeatureTable(List<String> document, Map<String, Set<String>> tagsByClass, Set<String> unused) {
        this.tagsByClass = tagsByClass;
        this.unused = unused;
        for (String line : document) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String[] cells = line.split(" \\| ", -1);
                String state = cells[cells.length - 1].replaceAll("\\s*\\|$", "");
                rows.put(row.group(1), new Row(found(TEST, cells[cells.length - 2]), state));
            }
        }
    }

    /** The feature ids in the tags of one source file. */
    static Set<String> tags(List<String> lines) {
        return found(TAG, String.join("\n", lines));
    }

    int size() {
        return rows.size();
    }

    /** Ids of the feature contract that have no row. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        ROWS.forEach((group, last) -> {
            for (int i = 1; i <= last; i++) {
                if (!rows.containsKey(group + "" + i)) {
                    missing.add(group + "" + i);
                }
            }
        });
        return missing;
    }

    /** What does not hold, one sentence each. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        tagsByClass.forEach((name, tags) -> tags.forEach(tag -> {
            Row row = rows.get(tag);
            if (row == null) {
                faults.add(name + " is tagged " + tag + ", which has no row");
            } else if (row.isLater()) {
                faults.add(name + " is tagged " + tag + ", whose row says that it is a later issue");
            }
        }));
        rows.forEach((id, row) -> {
            if (!row.state().equals("done") && !row.state().startsWith("partly: ") && !row.isLater()) {
                faults.add(id + " has the state \"" + row.state() + "\"");
            }
            for (String test : row.tests()) {
                if (!tagsByClass.containsKey(test)) {
                    faults.add(id + " names " + test + ", which does not exist");
                } else if (unused.contains(test)) {
                    faults.add(id + " names " + test + ", which nobody runs");
                }
            }
            boolean proven = row.tests().stream()
                    .anyMatch(test -> tagsByClass.getOrDefault(test, Set.of()).contains(id));
            boolean owed = OWED.matcher(id).matches();
            if (owed && row.isLater()) {
                faults.add(id + " is owed now, but its row says that it is a later issue");
            } else if ((owed || row.state().equals("done")) && !proven) {
                String state = row.state().equals("done") ? "is done" : "is partly there";
                faults.add(id + " " + state + ", but none of the tests it names is tagged " + id);
            }
        });
        return faults;
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
