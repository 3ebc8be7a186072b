package io.muster.queue.jdbc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes many rows of a table in one statement where the database can: each row if it still is as it was read.
 *
 * @param table in braces
 * @param fixed what is set alike in all rows, as SQL; may be empty if {@code sets} is not
 * @param compares columns that must have the row's values, the primary key first
 * @param sets columns that get the row's values
 */
record RowUpdate(String table, String fixed, List<Column> compares, List<Column> sets) {
    RowUpdate {
        compares = List.copyOf(compares);
        sets = List.copyOf(sets);
    }

    /** All columns in the order of a row's values. */
    List<Column> columns() {
        List<Column> all = new ArrayList<>(compares);
        all.addAll(sets);
        return all;
    }

    /** Values of one row, in the order of {@link #columns}. */
    static @Nullable Object[] values(@Nullable Object... values) {
        return values;
    }
}
