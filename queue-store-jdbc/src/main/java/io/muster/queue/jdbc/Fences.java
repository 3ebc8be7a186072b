package io.muster.queue.jdbc;

import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.StaleFenceException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may write as leader: one row per group, locked until the leader's write is committed. */
final class Fences {
    private static final List<Column> COLUMNS =
            List.of(Column.text("name"), Column.text("identity"), Column.bigint("term"), Column.bigint("generation"));

    private final Session session;

    Fences(Session session) {
        this.session = session;
    }

    private record Installed(String identity, long term) {}

    /** Compare-and-raise; answers whether it was raised, or is the group's first. */
    boolean install(Fence fence) throws SQLException {
        Installed installed = locked(fence.group());
        boolean first = installed == null;
        if (installed == null) {
            insert(fence.group(), fence.identity(), fence.term());
            installed = known(fence.group());
        }
        if (!installed.identity().equals(fence.identity())) {
            throw ForeignFenceException.of(fence, installed.identity());
        }
        if (fence.term() < installed.term()) {
            throw new StaleFenceException("Term " + fence.term() + " of group " + fence.group()
                    + " is refused, a leader of term " + installed.term() + " has written; nothing was written");
        }
        boolean raises = fence.term() > installed.term();
        if (raises) {
            session.update("UPDATE {fences} SET term = ? WHERE name = ?", fence.term(), Names.encoded(fence.group()));
        }
        return raises || first;
    }

    /** The former identity's highest term is kept, for the day it is adopted again. */
    void adopt(String group, String identity) throws SQLException {
        Installed installed = locked(group);
        if (installed == null) {
            insert(group, identity, Long.MIN_VALUE);
            installed = known(group);
        }
        if (installed.identity().equals(identity)) {
            return;
        }
        keep(group, installed);
        long highest = session.first(
                        "SELECT term FROM {fence_lines} WHERE name = ?", row -> row.getLong(1), line(group, identity))
                .orElse(Long.MIN_VALUE);
        session.update(
                "UPDATE {fences} SET identity = ?, term = ?, generation = generation + 1 WHERE name = ?",
                identity,
                highest,
                Names.encoded(group));
    }

    private void keep(String group, Installed former) throws SQLException {
        String line = line(group, former.identity());
        session.dialect.insertAbsent(
                session,
                "{fence_lines}",
                List.of(Column.text("name"), Column.bigint("term")),
                List.<@Nullable Object[]>of(RowUpdate.values(line, former.term())));
        session.update("UPDATE {fence_lines} SET term = ? WHERE name = ?", former.term(), line);
    }

    private void insert(String group, String identity, long term) throws SQLException {
        session.dialect.insertAbsent(
                session,
                "{fences}",
                COLUMNS,
                List.<@Nullable Object[]>of(RowUpdate.values(Names.encoded(group), identity, term, 1L)));
    }

    private Installed known(String group) throws SQLException {
        Installed installed = locked(group);
        if (installed == null) {
            throw new SQLException("The fence of group " + group + " vanished");
        }
        return installed;
    }

    private @Nullable Installed locked(String group) throws SQLException {
        return session.first(
                        "SELECT identity, term FROM {fences} WHERE name = ? FOR UPDATE",
                        row -> new Installed(row.getString(1), row.getLong(2)),
                        Names.encoded(group))
                .orElse(null);
    }

    private static String line(String group, String identity) {
        return Names.encoded(group) + "/" + Names.key(identity);
    }
}
