package io.muster.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** The result for the eyes. */
public final class TextTable {
    private TextTable() {}

    public static String text(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        String format = "%-12s %-26s %-13s %12s %12s %12s  %-7s %s%n";
        text.append(String.format(
                Locale.ROOT, format, "store", "measure", "system", "median", "min", "max", "unit", "÷ ceiling"));
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
                    row.ratioToCeiling().isPresent()
                            ? String.format(
                                    Locale.ROOT, "%.2f", row.ratioToCeiling().getAsDouble())
                            : ""));
        }
        return text.toString();
    }

    /** With as many digits as one can believe in. */
    public static String number(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }
}
