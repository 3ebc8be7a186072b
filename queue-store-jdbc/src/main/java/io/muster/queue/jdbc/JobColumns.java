package io.muster.queue.jdbc;

import io.muster.queue.store.Counters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts columns and their values together, in the same order. */
final class JobColumns {
    private JobColumns() {}

    static List<Column> with(List<Column> last, Column... first) {
        return with(last, Arrays.asList(first));
    }

    static List<Column> with(List<Column> last, List<Column> first) {
        List<Column> all = new ArrayList<>(first);
        all.addAll(last);
        return all;
    }

    static @Nullable Object[] row(@Nullable Object[] last, @Nullable Object... first) {
        @Nullable Object[] row = Arrays.copyOf(first, first.length + last.length);
        System.arraycopy(last, 0, row, first.length, last.length);
        return row;
    }

    /** In the order of {@link JobRow#TRIES}. */
    static @Nullable Object[] tries(Counters counters) {
        return RowUpdate.values(
                (long) counters.starts(), (long) counters.releases(), (long) counters.exceptions(), (long)
                        counters.timeouts());
    }

    /** In the order of {@link JobRow#COUNTERS}. */
    static @Nullable Object[] counters(Counters counters) {
        @Nullable Object[] crashes = RowUpdate.values((long) counters.crashes(), (long) counters.suspectCrashes());
        return row(crashes, tries(counters));
    }

    /** Text of users as every database takes it: PostgreSQL has no NUL. */
    static String text(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
    }
}
