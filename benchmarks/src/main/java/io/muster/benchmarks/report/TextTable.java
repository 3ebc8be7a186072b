package io.muster.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The result for the eyes. */
public final class TextTable {
    private TextTable() {}

    public static String text(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        String format = "%-12s %-30s %-13s %12s %12s %12s  %-7s %9s %6s%n";
        text.append(String.format(
                Locale.ROOT,
                format,
                "store",
                "measure",
                "system",
                "median",
                "min",
                "max",
                "unit",
                "÷ ceiling",
                "÷ bare"));
        String store = "";
        for (Row row : rows) {
            if (!row.store().equals(store)) {
                text.append(System.lineSeparator());
                store = row.store();
            }
            text.append(String.format(
                    Locale.ROOT,
                    format,
                    row.store(),
                    row.measure().id(),
                    row.system(),
                    number(row.median()),
                    number(row.min()),
                    number(row.max()),
                    row.measure().unit(),
                    ratio(row.ratioToCeiling()),
                    ratio(row.ratioToBare())));
        }
        return text.toString();
    }

    private static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "";
    }

    /** With as many digits as one can believe in. */
    public static String number(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }
}
