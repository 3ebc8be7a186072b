package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.Exchange;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes that assign to themselves, the short way. */
@Tag("Q2")
@Tag("C7")
class PostgresReserveTest {
    /** After the first one, which made the pool, so many go the long way. */
    private static final int AFTER_AN_UNUSUAL_ONE = 20;

    private JdbcEnvironment environment;
    private JdbcStore store;
    private JdbcStore other;

    @BeforeEach
    void open() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        environment = new JdbcEnvironment(server.get().uri().toString(), "reserve");
        store = environment.openStore();
        other = environment.openStore();
        for (JdbcStore one : List.of(store, other)) {
            String node = one == store ? "n1" : "n2";
            one.nodes().admit(IncarnationRecord.admitted(node, node, environment.now()), Optional.empty());
            for (int i = 0; i <= AFTER_AN_UNUSUAL_ONE; i++) {
                assertThat(reserve(one, node, 1)).isZero();
            }
        }
        for (String id : List.of("a", "b", "c", "d", "e", "f")) {
            store.intake().push(List.of(NewJob.of(id, "mail", "send", new byte[] {1})));
        }
    }

    @AfterEach
    void close() {
        if (environment != null) {
            environment.close();
        }
    }

    @Test
    void nodesReserveInTheOrderOfThePushAndEachJobOnce() {
        assertThat(reserve(store, "n1", 2)).isEqualTo(2);
        assertThat(reserve(other, "n2", 3)).isEqualTo(3);
        assertThat(reserve(store, "n1", 10)).isEqualTo(1);
        assertThat(reserve(other, "n2", 10)).isZero();

        assertThat(take(store, "n1")).containsExactly("a", "b", "f");
        assertThat(take(other, "n2")).containsExactly("c", "d", "e");
    }

    @Test
    void whatAnotherNodeIsAboutToHaveIsLeftToItAndFoundIfItGivesItUp() throws SQLException {
        List<String> taken = new ArrayList<>();
        try (Connection slow = other.database().connect()) {
            slow.setAutoCommit(false);
            try (Statement statement = slow.createStatement()) {
                statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            }
            other.database().within(slow).update("UPDATE {jobs} SET changed_at = changed_at WHERE id = ?", "a");

            assertThat(reserve(store, "n1", 2)).isEqualTo(2);
            taken.addAll(take(store, "n1"));
            assertThat(taken).containsExactly("b", "c");
            slow.rollback();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            reserve(store, "n1", 10);
            taken.addAll(take(store, "n1"));
            return taken.size() == 6;
        });
        assertThat(taken).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
    }

    @Test
    void whatIsGivenBackIsReadyAtItsPlaceAndWhatWasTakenStays() {
        assertThat(reserve(store, "n1", 4)).isEqualTo(4);
        assertThat(take(store, "n1", 1)).containsExactly("a");

        assertThat(store.nodes().giveBack("n1", "main", 2)).isEqualTo(2);
        assertThat(store.nodes().giveBack("n1", "main", 10)).isEqualTo(1);
        assertThat(store.nodes().giveBack("n1", "main", 10)).isZero();
        assertThat(store.nodes().giveBack("n9", "other", 10)).isZero();

        assertThat(take(store, "n1")).isEmpty();
        assertThat(reserve(other, "n2", 10)).isEqualTo(5);
        assertThat(take(other, "n2")).containsExactly("b", "c", "d", "e", "f");
    }

    @Test
    void aDueJobIsPromotedOnTheShortWayToo() {
        assertThat(reserve(store, "n1", 10)).isEqualTo(6);
        assertThat(take(store, "n1")).hasSize(6);
        store.intake()
                .push(List.of(NewJob.of("late", "mail", "send", new byte[] {1})
                        .withDueAt(environment.now().plusMillis(300))));
        assertThat(reserve(store, "n1", 20)).isZero();

        await().atMost(Duration.ofSeconds(30)).until(() -> reserve(store, "n1", 20) == 1);

        assertThat(take(store, "n1")).containsExactly("late");
    }

    @Test
    void oneThatLeavesReservesNothing() {
        store.nodes().leave("n1");

        assertThatThrownBy(() -> reserve(store, "n1", 2)).isInstanceOf(IncarnationBuriedException.class);
    }

    private int reserve(JdbcStore at, String node, int limit) {
        return at.nodes()
                .reserve(new Grant(node, "main", List.of("mail"), Set.of(), limit), environment.now())
                .total();
    }

    private List<String> take(JdbcStore at, String node) {
        return take(at, node, 10);
    }

    private List<String> take(JdbcStore at, String node, int most) {
        return at.nodes().exchange(new Exchange(node, "main", List.of(), most, Optional.empty())).taken().stream()
                .map(attempt -> attempt.token().jobId())
                .toList();
    }
}
